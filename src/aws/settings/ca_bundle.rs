//! Reads the CA certificates of `AWS_CA_BUNDLE` and `ca_bundle`, which replace the system's, as in the AWS CLI.
//!
//! The SDK panics on a file without certificates, so each file is parsed before the SDK gets it.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html>

use std::path::{Path, PathBuf};

use aws_smithy_http_client::tls::TrustStore;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::error::{Origin, SettingsError};
use super::file::{self, Unusable};

/// Reads the certificates of a file. Invalid ones and those not of a CA are skipped if others remain, as with the
/// system's.
pub(super) fn read(origin: &Origin, path: &str) -> Result<TrustStore, SettingsError> {
    let bytes = file::read_whole(Path::new(path)).map_err(|unusable| wrong(origin, path, words(&unusable)))?;
    certificates(&bytes).ok_or_else(|| wrong(origin, path, "contains no certificate in PEM format".to_owned()))
}

/// Checks that a file which the SDK reads to its end has one.
pub(super) fn check_end(origin: &Origin, path: &str) -> Result<(), SettingsError> {
    match file::read_whole(Path::new(path)) {
        Ok(_) | Err(Unusable::Io(_)) => Ok(()),
        Err(unusable) => Err(wrong(origin, path, words(&unusable))),
    }
}

fn wrong(origin: &Origin, path: &str, problem: String) -> SettingsError {
    SettingsError::CaBundle { origin: origin.clone(), file: PathBuf::from(path), problem }
}

fn words(unusable: &Unusable) -> String {
    match unusable {
        Unusable::NotRegular => "is not a regular file".to_owned(),
        Unusable::TooLong => "is too long for a file of certificates".to_owned(),
        Unusable::Io(error) => format!("can't be read: {error}"),
    }
}

fn certificates(bytes: &[u8]) -> Option<TrustStore> {
    let mut roots = RootCertStore::empty();
    let mut trusted = TrustStore::empty();
    for certificate in CertificateDer::pem_slice_iter(bytes).flatten() {
        if roots.add(certificate.clone()).is_ok() {
            trusted.add_pem_certificate(pem(&certificate));
        }
    }
    (!roots.is_empty()).then_some(trusted)
}

fn pem(certificate: &CertificateDer<'_>) -> String {
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", BASE64_STANDARD.encode(certificate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_no_certificate_is_none() {
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for text in ["", "junk", "-----BEGIN CERTIFICATE-----\n", broken, "\0\0\0"] {
            assert!(certificates(text.as_bytes()).is_none(), "{text}");
        }
    }
}
