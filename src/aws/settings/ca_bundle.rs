//! Reads the CA certificates that replace the system's. They come from `AWS_CA_BUNDLE` and `ca_bundle`, as in the AWS
//! CLI, or from OpenSSL's variables.
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

use super::error::{SettingOrigin, SettingsError};
use super::file::{self, UnusableFile};

/// The limits for the folders, far above the needs of any system: a bundle of all CAs takes a quarter of a MiB.
const MOST_FOLDERS: usize = 100;
const MOST_FILES: usize = 10_000;
const LARGEST: u64 = 1024 * 1024;

const NONE: &str = "contains no certificate in PEM format";

/// A setting's origin and value.
type SettingValue = (SettingOrigin, String);

/// Reads the certificates of a file. If the file has valid CA certificates, skips all other certificates. The system's
/// certificates are treated the same way.
pub(super) fn read(origin: &SettingOrigin, path: &str) -> Result<TrustStore, SettingsError> {
    let bytes = file::read_whole(Path::new(path)).map_err(|unusable| wrong(origin, path, words(&unusable)))?;
    store([bytes]).ok_or_else(|| wrong(origin, path, NONE.to_owned()))
}

/// Reads the certificates of the file and the folders that OpenSSL's variables name. Either the file or the folders may
/// be missing.
///
/// <https://docs.openssl.org/3.5/man3/SSL_CTX_load_verify_locations/>
pub(super) fn from_openssl(
    named: Option<&SettingValue>,
    folders: Option<&SettingValue>,
) -> Result<Option<TrustStore>, SettingsError> {
    let Some((origin, shown)) = named.or(folders) else { return Ok(None) };
    let mut files = Vec::new();
    if let Some((origin, path)) = named {
        match file::read_whole(Path::new(path)) {
            Ok(bytes) => files.push(bytes),
            Err(UnusableFile::Io(_)) if folders.is_some() => {}
            Err(unusable) => return Err(wrong(origin, path, words(&unusable))),
        }
    }
    if let Some((_, folders)) = folders {
        files.extend(in_folders(folders));
    }
    store(files).map(Some).ok_or_else(|| wrong(origin, shown, NONE.to_owned()))
}

/// Returns the regular files of some folders, each once, since `openssl rehash` adds a link to each file. Files that
/// are larger than any certificate are left out.
fn in_folders(folders: &str) -> impl Iterator<Item = Vec<u8>> {
    let folders: BTreeSet<PathBuf> = env::split_paths(folders).take(MOST_FOLDERS).collect();
    let entries = folders.into_iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    let files = entries.take(MOST_FILES).filter_map(|entry| fs::canonicalize(entry.path()).ok());
    let files: BTreeSet<PathBuf> = files.collect();
    let fits = |file: &PathBuf| fs::metadata(file).is_ok_and(|metadata| metadata.len() <= LARGEST);
    files.into_iter().filter(fits).filter_map(|file| file::read_whole(&file).ok())
}

fn wrong(origin: &SettingOrigin, path: &str, problem: String) -> SettingsError {
    SettingsError::CaBundle { origin: origin.clone(), file: PathBuf::from(path), problem }
}

fn words(unusable: &UnusableFile) -> String {
    match unusable {
        UnusableFile::NotRegular => "is not a regular file".to_owned(),
        UnusableFile::TooLong => "is too long for a file of certificates".to_owned(),
        UnusableFile::Io(error) => format!("can't be read: {error}"),
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
    fn a_file_without_certificates_is_rejected() {
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for text in ["", "junk", "-----BEGIN CERTIFICATE-----\n", broken, "\0\0\0"] {
            assert!(store([text.as_bytes().to_vec()]).is_none(), "{text}");
        }
    }
}
