//! Files that the user asks for: made anew beside the one that they replace, and put in its place when they are whole.
//!
//! In a folder where others may write, what stands at a path may be theirs. A link of somebody else's is never followed, and a
//! file that can't be replaced by one like it is left alone.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::{self, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use tempfile::NamedTempFile;

/// Links in one path, beyond which they are taken to go round; Linux has the same bound.
const MOST_LINKS: usize = 40;

/// A file beside the one that it will become.
#[derive(Debug)]
pub struct NewFile {
    path: PathBuf,
    file: NamedTempFile,
    replaces: bool,
}

/// Why a file is not written.
#[derive(Debug, thiserror::Error)]
#[error("`{}` can't be written: {why}", path.display())]
pub struct NotWritten {
    path: PathBuf,
    why: Why,
}

#[derive(Debug, thiserror::Error)]
enum Why {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("`{}` is a link that somebody else made", .0.display())]
    ForeignLink(PathBuf),
    #[error("it leads through too many links")]
    ManyLinks,
    #[error("the folder `{}` does not exist", .0.display())]
    NoFolder(PathBuf),
    #[error("no files can be made in the folder `{}`", .0.display())]
    NoFilesThere(PathBuf),
    #[error("`{}` is not a folder", .0.display())]
    NotAFolder(PathBuf),
    #[error("you may not create files in the folder `{}`", .0.display())]
    Denied(PathBuf),
    #[error("what is there is no file")]
    NoFile,
    #[error("the file there has other names, which would keep what is in it")]
    OtherNames,
    #[error("the file there belongs to another user or group, which a new one could not")]
    OtherOwner,
    #[error("a file came there meanwhile")]
    CameMeanwhile,
}

impl NotWritten {
    /// What to do.
    pub fn hint(&self) -> &'static str {
        match self.why {
            Why::NoFolder(_) => "create that folder first, or name a file in a folder that exists",
            Why::Denied(_)
            | Why::ForeignLink(_)
            | Why::Io(_)
            | Why::ManyLinks
            | Why::NoFile
            | Why::NoFilesThere(_)
            | Why::NotAFolder(_) => "name a file in a folder that is there and that you may write to",
            Why::OtherNames | Why::OtherOwner | Why::CameMeanwhile => "remove that file first, or name another",
        }
    }
}

impl NewFile {
    /// Begins it; what stands at the path stays until [`NewFile::write`].
    pub fn begin(path: &Path) -> Result<Self, NotWritten> {
        begun(path).map_err(|why| NotWritten { path: path.to_owned(), why })
    }

    /// Writes it, and puts it in its place, which it returns.
    pub fn write(mut self, text: &str) -> Result<PathBuf, NotWritten> {
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

/// Whether the path, as far as it is there, leads through nobody else's link.
pub fn leads_nowhere_else(path: &Path) -> Result<(), NotWritten> {
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
            // One that can't be written to is not to be replaced either.
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

/// Why nothing can be made in a folder: the system's own words don't say whether file or folder is meant.
fn within(folder: &Path, error: io::Error) -> Why {
    let is = |kind: io::ErrorKind| error.kind() == kind;
    // A folder that the system makes up, such as `/proc`, knows no files but its own.
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

/// The path from the root without any link; what is not there yet is taken as it stands.
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
                // `join` starts over from a target that begins at the root.
                left = target;
            }
            Ok(_) => resolved = next,
            Err(error) if error.kind() == io::ErrorKind::NotFound => resolved = next,
            Err(error) => return Err(within(&resolved, error)),
        }
    }
    Ok(resolved)
}

/// The error that the library adds names the file beside it, which nobody asked for.
fn plain(error: &io::Error) -> io::Error {
    error.kind().into()
}

/// Whether a link is the user's own or the system's.
#[cfg(unix)]
fn is_trusted(link: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    link.uid() == 0 || link.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_trusted(_: &Metadata) -> bool {
    true
}

/// A file that is as readable as any that a program makes: the umask has its say.
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

/// A file of the same owner and mode as one that is there.
#[cfg(unix)]
fn like(old: &Metadata, folder: &Path) -> Result<NamedTempFile, Why> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
    if old.nlink() > 1 {
        return Err(Why::OtherNames);
    }
    // In a folder where anybody may put files, its owner put it there: they could read and change what is written.
    let anybody_s = fs::metadata(folder)?.mode() & 0o002 != 0;
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
