//! Whom a folder of receipts and its files are trusted to come from: the user who runs the program, and nobody else.
//!
//! An undo writes to AWS what a receipt says, so that a file which somebody else planted would be carried out.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// Why a folder or a file is not trusted.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Distrust {
    /// Another user owns it.
    #[error("belongs to another user")]
    OtherOwner,
    /// Its group or everybody may write to it.
    #[error("can be written to by other users")]
    Writable,
    /// It is a symbolic link.
    #[error("is a symbolic link")]
    Link,
    /// The way to it leads through a link of somebody else.
    #[error("lies behind a symbolic link that another user made")]
    ForeignLink,
    /// A folder above it is somebody else's, or others may rename what is in it.
    #[error("lies in a folder in which other users can put another in its place")]
    Above,
}

/// Opens a file for reading, which must be the user's own; the inner error says why it is not trusted.
pub(super) fn open(file: &Path) -> io::Result<Result<File, Distrust>> {
    let seen = fs::symlink_metadata(file)?;
    if seen.is_symlink() {
        return Ok(Err(Distrust::Link));
    }
    if !seen.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let opened = unix::no_follow(File::options().read(true)).open(file)?;
    let judged = unix::judged(&opened.metadata()?);
    Ok(judged.map(|()| opened))
}

/// Whether a folder is the user's own, and nobody else can put another in its place; one that is not there is nobody's yet.
pub(super) fn folder(folder: &Path) -> io::Result<Result<(), Distrust>> {
    // With `/` or `/.` at its end a link is followed before it is seen.
    let folder: PathBuf = folder.components().collect();
    let folder = folder.as_path();
    let judged = match fs::symlink_metadata(folder) {
        Ok(seen) if seen.is_symlink() => Err(Distrust::Link),
        Ok(seen) => unix::judged(&seen),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => return Err(error),
    };
    if judged.is_err() {
        return Ok(judged);
    }
    let whole = std::path::absolute(folder)?;
    for above in whole.ancestors().skip(1) {
        match fs::symlink_metadata(above) {
            Ok(seen) => {
                if let Err(why) = unix::judged_above(&seen) {
                    return Ok(Err(why));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Ok(()))
}

/// Opens a lock file of the user's own, or makes it. What is no file, such as a pipe, would never be opened.
pub(super) fn lock_file(path: &Path) -> io::Result<File> {
    if fs::symlink_metadata(path).is_ok_and(|seen| !seen.is_file()) {
        return Err(io::Error::other(format!("{} is not a regular file", path.display())));
    }
    unix::private(unix::no_follow(File::options().create(true).truncate(false).write(true))).open(path)
}

/// Makes a folder for the user alone, and those above it.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    unix::make_folder(folder)
}

#[cfg(unix)]
mod unix {
    use std::fs::{DirBuilder, OpenOptions};
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};

    use rustix::fs::OFlags;

    use super::{Distrust, Metadata, Path, io};

    /// What the group or everybody may write.
    const WRITABLE: u32 = 0o022;

    pub(super) fn judged(seen: &Metadata) -> Result<(), Distrust> {
        if seen.uid() != rustix::process::geteuid().as_raw() {
            return Err(Distrust::OtherOwner);
        }
        if seen.mode() & WRITABLE != 0 { Err(Distrust::Writable) } else { Ok(()) }
    }

    /// Of a folder above, or a link on the way: the user's or the system's. Where others may write, only the owner of what is in
    /// it may rename it.
    pub(super) fn judged_above(seen: &Metadata) -> Result<(), Distrust> {
        const STICKY: u32 = 0o1000;
        if seen.uid() != 0 && seen.uid() != rustix::process::geteuid().as_raw() {
            return Err(if seen.is_symlink() { Distrust::ForeignLink } else { Distrust::Above });
        }
        // On many systems a user has a group alone.
        let by_group = seen.mode() & 0o020 != 0 && seen.gid() != rustix::process::getegid().as_raw();
        let is_open = !seen.is_symlink() && (by_group || seen.mode() & 0o002 != 0) && seen.mode() & STICKY == 0;
        if is_open { Err(Distrust::Above) } else { Ok(()) }
    }

    pub(super) fn no_follow(options: &mut OpenOptions) -> &mut OpenOptions {
        options.custom_flags(i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or_default())
    }

    pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
        options.mode(0o600)
    }

    pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)
    }
}

/// Where files have no owner to ask for, the system's own rules for the user's folder hold.
#[cfg(not(unix))]
mod unix {
    use std::fs::OpenOptions;

    use super::{Distrust, Metadata, Path, fs, io};

    pub(super) fn judged_above(_: &Metadata) -> Result<(), Distrust> {
        Ok(())
    }

    pub(super) fn judged(_: &Metadata) -> Result<(), Distrust> {
        Ok(())
    }

    pub(super) fn no_follow(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)
    }
}
