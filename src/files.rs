//! Writes files that the user asks for. Each file is written to a temporary file beside the target, and replaces the
//! target once it is complete.
//!
//! If other users can write to the folder, they may own an existing file or link in it. Links of other users are never
//! followed. An existing file is replaced only if the new file can have the same owner and mode.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::{self, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use tempfile::NamedTempFile;

/// The maximum number of links in a path, to detect cycles. Linux has the same limit.
const MOST_LINKS: usize = 40;

/// A temporary file that will replace the target.
#[derive(Debug)]
pub(crate) struct NewFile {
    path: PathBuf,
    file: NamedTempFile,
    replaces: bool,
}

/// Why a file is not written.
#[derive(Debug, thiserror::Error)]
#[error("`{}` can't be written: {why}", path.display())]
pub(crate) struct NotWritten {
    path: PathBuf,
    why: Why,
}

#[derive(Debug, thiserror::Error)]
enum Why {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("`{}` is a symlink that belongs to another user", .0.display())]
    ForeignLink(PathBuf),
    #[error("the path has too many symlinks")]
    ManyLinks,
    #[error("the folder `{}` does not exist", .0.display())]
    NoFolder(PathBuf),
    #[error("can't create files in the folder `{}`", .0.display())]
    NoFilesThere(PathBuf),
    #[error("`{}` is not a folder", .0.display())]
    NotAFolder(PathBuf),
    #[error("you aren't allowed to create files in the folder `{}`", .0.display())]
    Denied(PathBuf),
    #[error("it exists but is not a file")]
    NoFile,
    #[error("the existing file has other hard links, which would keep the old content")]
    OtherNames,
    #[error("the existing file belongs to another user or group, and replacing it would change that")]
    OtherOwner,
    #[error("a file was created there meanwhile")]
    CameMeanwhile,
}

impl NotWritten {
    /// Returns what the user can do about the error.
    pub(crate) fn hint(&self) -> &'static str {
        match self.why {
            Why::NoFolder(_) => "create that folder first, or name a file in a folder that exists",
            Why::Denied(_)
            | Why::ForeignLink(_)
            | Why::Io(_)
            | Why::ManyLinks
            | Why::NoFile
            | Why::NoFilesThere(_)
            | Why::NotAFolder(_) => "name a file in an existing folder that you can write to",
            Why::OtherNames | Why::OtherOwner | Why::CameMeanwhile => "remove that file first, or name another",
        }
    }
}

impl NewFile {
    /// Creates the temporary file; an existing target stays until [`NewFile::write`].
    pub(crate) fn begin(path: &Path) -> Result<Self, NotWritten> {
        begun(path).map_err(|why| NotWritten { path: path.to_owned(), why })
    }

    /// Writes the text, moves the file to its target and returns the target's path.
    pub(crate) fn write(mut self, text: &str) -> Result<PathBuf, NotWritten> {
        let fails = |path: &Path, why: io::Error| NotWritten { path: path.to_owned(), why: why.into() };
        self.file.write_all(text.as_bytes()).map_err(|why| fails(&self.path, why))?;
        let kept = if self.replaces { self.file.persist(&self.path) } else { self.file.persist_noclobber(&self.path) };
        match kept {
            Ok(_) => Ok(self.path),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                Err(NotWritten { path: self.path, why: Why::CameMeanwhile })
            }
            Err(error) => Err(fails(&self.path, error.error)),
        }
    }
}

/// Checks that the existing part of the path has no link of another user.
pub(crate) fn leads_nowhere_else(path: &Path) -> Result<(), NotWritten> {
    resolved(path).map(drop).map_err(|why| NotWritten { path: path.to_owned(), why })
}

fn begun(path: &Path) -> Result<NewFile, Why> {
    let path = resolved(path)?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    match fs::symlink_metadata(&path) {
        Ok(old) => {
            if !old.is_file() {
                return Err(Why::NoFile);
            }
            // A file that can't be written must not be replaced either.
            OpenOptions::new().write(true).open(&path)?;
            Ok(NewFile { file: like(&old, folder)?, path, replaces: true })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let file = as_usual(folder).map_err(|error| within(folder, error))?;
            Ok(NewFile { file, path, replaces: false })
        }
        Err(error) => Err(within(folder, error)),
    }
}

/// Explains why a file can't be created in a folder. The system's error does not say whether the file or the folder is
/// at fault.
fn within(folder: &Path, error: io::Error) -> Why {
    let is = |kind: io::ErrorKind| error.kind() == kind;
    // A virtual folder such as `/proc` contains only its own files.
    if is(io::ErrorKind::NotFound) && folder.is_dir() {
        Why::NoFilesThere(folder.to_owned())
    } else if is(io::ErrorKind::NotFound) {
        Why::NoFolder(folder.to_owned())
    } else if is(io::ErrorKind::NotADirectory) {
        Why::NotAFolder(folder.to_owned())
    } else if is(io::ErrorKind::PermissionDenied) {
        Why::Denied(folder.to_owned())
    } else {
        Why::Io(error)
    }
}

/// Returns the absolute path without links; a part that does not exist yet is kept as it is.
fn resolved(path: &Path) -> Result<PathBuf, Why> {
    let parts = |path: &Path| path.components().map(|part| part.as_os_str().to_owned()).collect::<VecDeque<OsString>>();
    let mut resolved = PathBuf::new();
    let mut left = parts(&std::path::absolute(path)?);
    let mut links = 0;
    while let Some(part) = left.pop_front() {
        if let Some(Component::ParentDir) = Path::new(&part).components().next() {
            resolved.pop();
            continue;
        }
        let next = resolved.join(&part);
        match fs::symlink_metadata(&next) {
            Ok(link) if link.is_symlink() => {
                links += 1;
                if links > MOST_LINKS {
                    return Err(Why::ManyLinks);
                }
                if !is_trusted(&link) {
                    return Err(Why::ForeignLink(next));
                }
                let mut target = parts(&fs::read_link(&next)?);
                target.append(&mut left);
                // If the target is absolute, `join` drops the path so far.
                left = target;
            }
            Ok(_) => resolved = next,
            Err(error) if error.kind() == io::ErrorKind::NotFound => resolved = next,
            Err(error) => return Err(within(&resolved, error)),
        }
    }
    Ok(resolved)
}

/// Drops the temporary file's name, which the library adds to the error.
fn plain(error: &io::Error) -> io::Error {
    error.kind().into()
}

/// Returns whether a link belongs to the user or the system.
#[cfg(unix)]
fn is_trusted(link: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    link.uid() == 0 || link.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_trusted(_: &Metadata) -> bool {
    true
}

/// Creates a file with the usual permissions, which the umask restricts.
#[cfg(unix)]
fn as_usual(folder: &Path) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt as _;
    let usual = fs::Permissions::from_mode(0o666);
    tempfile::Builder::new().permissions(usual).tempfile_in(folder).map_err(|error| plain(&error))
}

#[cfg(not(unix))]
fn as_usual(folder: &Path) -> io::Result<NamedTempFile> {
    NamedTempFile::new_in(folder).map_err(|error| plain(&error))
}

/// Creates a file with the same owner and mode as an existing one.
#[cfg(unix)]
fn like(old: &Metadata, folder: &Path) -> Result<NamedTempFile, Why> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
    if old.nlink() > 1 {
        return Err(Why::OtherNames);
    }
    // If others can create files in the folder, the file's owner may be one of them, and could read and change the new
    // content.
    let anybody_s = fs::metadata(folder)?.mode() & 0o022 != 0;
    if anybody_s && old.uid() != rustix::process::geteuid().as_raw() {
        return Err(Why::OtherOwner);
    }
    let file = NamedTempFile::new_in(folder).map_err(|error| plain(&error))?;
    let new = file.as_file().metadata()?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        fchown(file.as_file(), Some(old.uid()), Some(old.gid())).map_err(|_| Why::OtherOwner)?;
    }
    file.as_file().set_permissions(fs::Permissions::from_mode(old.mode() & 0o777))?;
    Ok(file)
}

#[cfg(not(unix))]
fn like(_: &Metadata, folder: &Path) -> Result<NamedTempFile, Why> {
    Ok(NamedTempFile::new_in(folder).map_err(|error| plain(&error))?)
}
