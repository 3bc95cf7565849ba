//! Reads the CA certificates that replace the system's: those of `AWS_CA_BUNDLE` and `ca_bundle`, as in the AWS CLI,
//! and those of OpenSSL's variables.
//!
//! The SDK panics without certificates, so each file is parsed before the SDK gets it.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html>

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use aws_smithy_http_client::tls::TrustStore;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::error::{Origin, SettingsError};
use super::file::{self, Unusable};

const NONE: &str = "contains no certificate in PEM format";

/// A setting's origin and value.
type Named = (Origin, String);

/// Reads the certificates of a file. Invalid ones and those not of a CA are skipped if others remain, as with the
/// system's.
pub(super) fn read(origin: &Origin, path: &str) -> Result<TrustStore, SettingsError> {
    let bytes = file::read_whole(Path::new(path)).map_err(|unusable| wrong(origin, path, words(&unusable)))?;
    store([bytes]).ok_or_else(|| wrong(origin, path, NONE.to_owned()))
}

/// Reads the certificates of the file and the folders that OpenSSL's variables name. One of the two may be missing.
///
/// <https://docs.openssl.org/3.5/man3/SSL_CTX_load_verify_locations/>
pub(super) fn of_openssl(named: Option<&Named>, folders: Option<&Named>) -> Result<Option<TrustStore>, SettingsError> {
    let Some((origin, shown)) = named.or(folders) else { return Ok(None) };
    let mut files = Vec::new();
    if let Some((origin, path)) = named {
        match file::read_whole(Path::new(path)) {
            Ok(bytes) => files.push(bytes),
            Err(Unusable::Io(_)) if folders.is_some() => {}
            Err(unusable) => return Err(wrong(origin, path, words(&unusable))),
        }
    }
    if let Some((_, folders)) = folders {
        files.extend(env::split_paths(folders).flat_map(|folder| in_folder(&folder)));
    }
    store(files).map(Some).ok_or_else(|| wrong(origin, shown, NONE.to_owned()))
}

/// Returns the files of a folder, each once: `openssl rehash` links to each of them. Only regular files of some length
/// are read: those of `/proc` may have no end.
fn in_folder(folder: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files: BTreeSet<PathBuf> = entries.filter_map(|entry| fs::canonicalize(entry.path()).ok()).collect();
    let has_length = |file: &PathBuf| fs::metadata(file).is_ok_and(|metadata| metadata.len() > 0);
    files.into_iter().filter(has_length).filter_map(|file| file::read_whole(&file).ok()).collect()
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

/// Returns the CAs of these files, each once.
fn store(files: impl IntoIterator<Item = Vec<u8>>) -> Option<TrustStore> {
    let mut roots = RootCertStore::empty();
    let mut trusted = TrustStore::empty();
    let mut seen = BTreeSet::new();
    for certificate in files.into_iter().flat_map(|bytes| certificates(&bytes)) {
        if seen.insert(certificate.to_vec()) && roots.add(certificate.clone()).is_ok() {
            trusted.add_pem_certificate(pem(&certificate));
        }
    }
    (!roots.is_empty()).then_some(trusted)
}

fn certificates(bytes: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(bytes).flatten().collect()
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
            assert!(store([text.as_bytes().to_vec()]).is_none(), "{text}");
        }
    }
}
