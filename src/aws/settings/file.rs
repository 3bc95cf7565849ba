//! Reads the configuration files once and converts them to text that the SDK accepts.
//!
//! The AWS CLI accepts more than the SDK: quoted names, `key: value`, indented keys and comments. Text that neither the
//! AWS CLI nor the SDK accepts stays unchanged, so that the SDK reports the error.

use std::ffi::OsString;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::names::{Section, encoded, header, section};
use super::process::bounded;

/// A configuration file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ConfigFile {
    /// `~/.aws/config`.
    Config,
    /// `~/.aws/credentials`.
    Credentials,
}

/// The size limit; no real configuration file is longer.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Why a file can't be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum UnreadableFile {
    /// The file is not UTF-8. The number is the first invalid line.
    NotUnicode(usize),
    /// The file is longer than [`LONGEST`].
    TooLong,
}

impl ConfigFile {
    /// Returns the file's path.
    ///
    /// <https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html>
    pub(crate) fn path(self) -> Option<PathBuf> {
        let (variable, name) = match self {
            Self::Config => ("AWS_CONFIG_FILE", "config"),
            Self::Credentials => ("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
        };
        match env::var_os(variable) {
            Some(path) => Some(within_home(path)),
            None => Some(env::home_dir()?.join(".aws").join(name)),
        }
    }

    /// Returns the file's text; empty if it does not exist or can't be read, as in the AWS CLI.
    pub(crate) fn read(self) -> Result<String, UnreadableFile> {
        let Some(bytes) = self.path().and_then(|path| bytes_of(&path)) else { return Ok(String::new()) };
        if u64::try_from(bytes.len()).is_ok_and(|length| length > LONGEST) {
            return Err(UnreadableFile::TooLong);
        }
        String::from_utf8(bytes).map_err(|error| {
            let sound = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            UnreadableFile::NotUnicode(sound.split(|byte| *byte == b'\n').count())
        })
    }

    /// Returns the names of the profiles in a text of this file, in order.
    pub(crate) fn profiles(self, text: &str) -> impl Iterator<Item = String> {
        text.lines().filter_map(header).filter_map(move |header| self.profile(header))
    }

    /// Returns the profile that a header starts.
    pub(crate) fn profile(self, header: &str) -> Option<String> {
        match self {
            Self::Config => match section(header) {
                Section::Profile(name) => Some(name),
                Section::SsoSession(_) | Section::Services(_) | Section::Other => None,
            },
            Self::Credentials => Some(header.trim().to_owned()).filter(|name| !name.is_empty()),
        }
    }
}

/// Replaces a leading `~` with the home folder.
fn within_home(path: OsString) -> PathBuf {
    let path = PathBuf::from(path);
    match (path.strip_prefix("~"), env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        (Ok(_) | Err(_), _) => path,
    }
}

/// Returns the beginning of a regular file; a pipe or a device may have no end.
fn bytes_of(path: &Path) -> Option<Vec<u8>> {
    if !is_regular(path) || is_of_no_length(path) {
        return None;
    }
    let mut bytes = Vec::new();
    fs::File::open(path).ok()?.take(LONGEST + 1).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Why a file named in a setting can't be used.
#[derive(Debug)]
pub(super) enum UnusableFile {
    /// The file is a pipe, a device or a folder.
    NotRegular,
    /// The file is longer than [`LONGEST`].
    TooLong,
    /// The file does not exist or can't be read.
    Io(io::Error),
}

/// Reads a regular file to its end.
pub(super) fn read_whole(path: &Path) -> Result<Vec<u8>, UnusableFile> {
    // Check this first, because opening a pipe would wait for its other end.
    if !fs::metadata(path).map_err(UnusableFile::Io)?.is_file() {
        return Err(UnusableFile::NotRegular);
    }
    if is_of_no_length(path) {
        return Ok(Vec::new());
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(UnusableFile::Io)?;
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(UnusableFile::Io)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LONGEST) { Err(UnusableFile::TooLong) } else { Ok(bytes) }
}

pub(super) fn home() -> Option<PathBuf> {
    env::home_dir()
}

/// Returns the name of the file in which the AWS CLI caches a session's token. The name is a hash in hexadecimal.
pub(super) fn cached(hash: &[u8]) -> String {
    hash.iter().fold(String::new(), |name, byte| format!("{name}{byte:02x}")) + ".json"
}

/// Returns whether a file can contain a token: a regular file of limited size, or none yet.
pub(super) fn may_hold_a_token(file: &Path) -> bool {
    fs::metadata(file).map_or(true, |metadata| metadata.is_file() && (1..=LONGEST).contains(&metadata.len()))
}

/// Returns whether a file's length is zero. Files in `/proc` have this length, although some never end.
fn is_of_no_length(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.len() == 0)
}

pub(super) fn is_regular(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}

/// Whether endpoints from the configuration files are used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Endpoints {
    Used,
    /// The endpoints are removed from the text, because the SDK would still use them for calls that get credentials.
    Ignored,
}

/// Converts the text of a configuration file for the SDK, line by line.
pub(super) fn for_sdk(text: &str, file: ConfigFile, endpoints: Endpoints) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    let mut at = Position { file, endpoints, section: Section::Other, has_key: false };
    let mut lines = String::with_capacity(text.len());
    for line in text.split('\n') {
        lines.push_str(&at.line_for_sdk(line));
        lines.push('\n');
    }
    lines
}

/// Returns the value of a profile's key. The credentials file wins, as in the SDK.
pub(super) fn value_in_profile(profile: &str, key: &str) -> Option<String> {
    let value = |file: ConfigFile| value_in(&file.read().ok()?, file, profile, key);
    value(ConfigFile::Credentials).or_else(|| value(ConfigFile::Config))
}

/// Returns the last value of a profile's key in the text of a configuration file.
fn value_in(text: &str, file: ConfigFile, profile: &str, key: &str) -> Option<String> {
    let text = for_sdk(text, file, Endpoints::Used);
    let profile = encoded(profile);
    let mut is_in_it = false;
    let mut value = None;
    // Indented lines belong to the key before them.
    for line in text.lines().filter(|line| !line.starts_with(BLANKS)) {
        if let Some(header) = header(line) {
            is_in_it = file.profile(header).is_some_and(|name| name == profile);
        } else if let Some((name, text)) = key_and_value(line)
            && is_in_it
            && name.eq_ignore_ascii_case(key)
        {
            value = Some(text.to_owned());
        }
    }
    value
}

/// The position of a line in a file.
struct Position {
    file: ConfigFile,
    endpoints: Endpoints,
    section: Section,
    /// Whether an indented line would belong to a key.
    has_key: bool,
}

const BLANKS: [char; 2] = [' ', '\t'];
const COMMENTS: [char; 2] = ['#', ';'];

impl Position {
    fn line_for_sdk(&mut self, line: &str) -> String {
        let bare = line.trim_matches(BLANKS);
        if bare.is_empty() || bare.starts_with(COMMENTS) {
            return String::new();
        }
        let is_indented = line.starts_with(BLANKS) && self.has_key;
        if !is_indented && let Some(header) = header(bare) {
            return self.header_for_sdk(bare, header);
        }
        let Some((key, value)) = key_and_value(bare) else {
            return if is_indented { line.to_owned() } else { bare.to_owned() };
        };
        // The AWS CLI treats an empty URL as unset.
        let is_none = value.is_empty() || self.endpoints == Endpoints::Ignored;
        if key.eq_ignore_ascii_case("endpoint_url") && is_none {
            return String::new();
        }
        if is_indented {
            return line.to_owned();
        }
        self.has_key = true;
        match (key.to_ascii_lowercase().as_str(), &self.section) {
            ("source_profile" | "services", Section::Profile(_)) => format!("{key} = {}", encoded(value)),
            ("credential_process", Section::Profile(_)) => format!("{key} = {}", bounded(value)),
            // The SDK expects `elastic-load-balancing-v2` where AWS documents `elastic_load_balancing_v2`.
            (service, Section::Services(_)) => format!("{} = {value}", service.replace('_', "-")),
            (_, _) => format!("{key} = {value}"),
        }
    }

    fn header_for_sdk(&mut self, line: &str, header: &str) -> String {
        self.has_key = false;
        self.section = match self.file {
            ConfigFile::Config => section(header),
            ConfigFile::Credentials => self.file.profile(header).map_or(Section::Other, Section::Profile),
        };
        match (&self.section, self.file) {
            (Section::Profile(name), ConfigFile::Config) if name == "default" => "[default]".to_owned(),
            (Section::Profile(name), ConfigFile::Config) => format!("[profile {}]", encoded(name)),
            (Section::Profile(name), ConfigFile::Credentials) => format!("[{}]", encoded(name)),
            (Section::Services(name), _) => format!("[services {}]", encoded(name)),
            // The name of the token file is a hash of the session's name, so the session's name can't be encoded.
            (Section::SsoSession(name), _) => format!("[sso-session {name}]"),
            // The SDK would read the rest of the header as a comment and fail on it.
            (Section::Other, _) if header.contains(COMMENTS) => "[ignored]".to_owned(),
            (Section::Other, _) => line.to_owned(),
        }
    }
}

/// Returns a line's key and value. A blank followed by `#` or `;` starts a comment, as in the SDK.
fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_at_checked(line.find(['=', ':'])?)?;
    let key = key.trim_matches(BLANKS);
    let value = value.get(1..)?;
    let comment = value.match_indices(COMMENTS).find(|(at, _)| value.get(..*at).is_some_and(|v| v.ends_with(BLANKS)));
    let value = comment.map_or(value, |(at, _)| value.get(..at).unwrap_or_default());
    (!key.is_empty()).then_some((key, value.trim_matches(BLANKS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> String {
        for_sdk(text, ConfigFile::Config, Endpoints::Used)
    }

    #[test]
    fn text_that_the_sdk_accepts_is_unchanged() {
        let text = "[default]\nregion = us-east-1\n[profile dev]\nservices = s\nrole_arn = arn:aws:iam::1:role/x\n\
                    [sso-session corp]\nsso_region = x\n[services s]\ns3 = \n  endpoint_url = http://h\n";
        assert_eq!(config(text).trim_end(), text.trim_end());
    }

    #[test]
    fn names_that_the_aws_cli_accepts_become_identifiers() {
        assert_eq!(
            config("[profile \"my prof\"] # mine\nsource_profile = the base\n[profile default]\n[services \"my s\"]"),
            "[profile my%20prof]\nsource_profile = the%20base\n[default]\n[services my%20s]\n"
        );
        assert_eq!(for_sdk("[my prof]\n[ dev ]\n", ConfigFile::Credentials, Endpoints::Used), "[my%20prof]\n[dev]\n\n");
        assert_eq!(
            config("[profile a#b]\n[plug#in]\n[two words here]"),
            "[profile a%23b]\n[ignored]\n[two words here]\n"
        );
    }

    #[test]
    fn lines_that_the_aws_cli_accepts_are_converted_for_the_sdk() {
        assert_eq!(config("\u{feff}[default]\r\nregion: us-east-1\rx = y"), "[default]\nregion = us-east-1\nx = y\n");
        assert_eq!(config("[default]\n  region = x\n  # no\n"), "[default]\nregion = x\n\n\n");
        assert_eq!(
            config("[services s]\nelastic_load_balancing_v2 =\n"),
            "[services s]\nelastic-load-balancing-v2 = \n\n"
        );
        assert_eq!(config("[default]\nkey = a # b\n"), "[default]\nkey = a\n\n");
    }

    #[test]
    fn an_empty_endpoint_is_removed() {
        assert_eq!(config("[default]\nendpoint_url =\nregion = x"), "[default]\n\nregion = x\n");
        assert_eq!(config("[services s]\ns3 =\n  endpoint_url = # none\n"), "[services s]\ns3 = \n\n\n");
    }

    #[test]
    fn ignored_endpoints_are_removed() {
        let text = "[default]\nendpoint_url = http://a\nregion = x\n[services s]\nsts =\n  endpoint_url = http://b\n";
        let read = for_sdk(text, ConfigFile::Config, Endpoints::Ignored);
        assert_eq!(read, "[default]\n\nregion = x\n[services s]\nsts = \n\n\n");
    }

    #[test]
    fn a_key_belongs_to_its_own_profile() {
        let text = "[default]\nx = 1\n[profile \"my prof\"]\ny =\n  x = 2\nX: 3 # no\n[services s]\nx = 4\n[profile default]\nz = 5\n";
        let value = |profile, key| value_in(text, ConfigFile::Config, profile, key);
        assert_eq!(value("my prof", "x").as_deref(), Some("3"));
        assert_eq!(value("default", "x").as_deref(), Some("1"));
        assert_eq!((value("default", "z").as_deref(), value("s", "x"), value("default", "y")), (Some("5"), None, None));
        assert_eq!(value_in("[ops]\nx = 6", ConfigFile::Credentials, "ops", "x").as_deref(), Some("6"));
    }

    #[test]
    fn unreadable_text_is_left_to_the_sdk() {
        let text = "[profile dev\n= x\nkey\n";
        assert_eq!(config(text).trim_end(), text.trim_end());
    }
}
