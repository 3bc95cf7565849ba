//! The bucket's ACL: the owner's full control, or the XML that was put.
//!
//! Nothing is judged by it: log services are let in by policies only, as on every bucket with ACLs disabled.

use crate::account::canonical_id;
use crate::s3::bucket::Bucket;
use crate::s3::error::{Refusal, malformed_xml, refuse};
use crate::s3::settings::document;
use crate::wire::Reply;
use crate::xml;

/// Puts the ACL; S3 User Guide, "Controlling ownership of objects": not where ACLs are disabled.
pub fn put(bucket: &mut Bucket, body: &[u8]) -> Result<(), Refusal> {
    if bucket.owner_enforced() {
        return Err(refuse(400, "AccessControlListNotSupported", "The bucket does not allow ACLs"));
    }
    if !body.is_empty() {
        xml::parse(body).filter(|root| root.name == "AccessControlPolicy").ok_or_else(malformed_xml)?;
        bucket.settings.insert("acl".to_owned(), String::from_utf8_lossy(body).into_owned());
    }
    Ok(())
}

/// The ACL as XML.
pub fn get(bucket: &Bucket) -> Reply {
    let owner = format!("<ID>{}</ID>", canonical_id(&bucket.account));
    let all = format!(
        "<AccessControlPolicy xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Owner>{owner}</Owner><AccessControlList><Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\">{owner}</Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>"
    );
    bucket.settings.get("acl").map_or_else(|| Reply::xml(200, all), |text| document(text))
}
