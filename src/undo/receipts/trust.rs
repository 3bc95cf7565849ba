//! Checks that a folder of receipts and its files belong to the user who runs the program and that no one else can
//! change them.
//!
//! An undo writes a receipt's contents to AWS. Unchecked, it would also apply a file that someone else planted.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum Distrust {
    #[error("belongs to another user")]
    OtherOwner,
    /// The group or everyone can write to the file or folder.
    #[error("can be written to by other users")]
    Writable,
    #[error("is a symbolic link")]
    Link,
    /// The path contains someone else's link.
    #[error("is behind another user's symbolic link")]
    ForeignLink,
    /// A parent folder is someone else's, or others can rename its entries.
    #[error("is in a folder where other users can replace it")]
    Above,
}

/// Why a file or folder is not used.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unused {
    #[error(transparent)]
    Distrusted(#[from] Distrust),
    #[error(transparent)]
    Unread(#[from] io::Error),
}

impl From<Unused> for io::Error {
    fn from(unused: Unused) -> Self {
        match unused {
            Unused::Distrusted(why) => Self::other(why),
            Unused::Unread(error) => error,
        }
    }
}

/// Opens the user's own file for reading.
pub(super) fn open(file: &Path) -> Result<File, Unused> {
    let seen = fs::symlink_metadata(file)?;
    if seen.is_symlink() {
        return Err(Distrust::Link.into());
    }
    if !seen.is_file() {
        return Err(io::Error::other("it is not a regular file").into());
    }
    let opened = unix::no_follow(File::options().read(true)).open(file)?;
    unix::judged(&opened.metadata()?)?;
    Ok(opened)
}

/// Checks that a folder is the user's own and that no one else can replace it. A missing folder passes.
pub(super) fn folder(folder: &Path) -> Result<(), Unused> {
    // With `/` or `/.` at the end, the link would be followed before it is checked.
    let folder: PathBuf = folder.components().collect();
    let folder = folder.as_path();
    match fs::symlink_metadata(folder) {
        Ok(seen) if seen.is_symlink() => return Err(Distrust::Link.into()),
        Ok(seen) => unix::judged(&seen)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    let whole = std::path::absolute(folder)?;
    for above in whole.ancestors().skip(1) {
        match fs::symlink_metadata(above) {
            Ok(seen) => unix::judged_above(&seen)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Opens or creates the user's own lock file. Rejects anything but a regular file: opening a pipe would never return.
pub(super) fn lock_file(path: &Path) -> io::Result<File> {
    if fs::symlink_metadata(path).is_ok_and(|seen| !seen.is_file()) {
        return Err(io::Error::other(format!("{} is not a regular file", path.display())));
    }
    unix::private(unix::no_follow(File::options().create(true).truncate(false).write(true))).open(path)
}

/// Creates a folder, and its parents, for the user alone.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    unix::make_folder(folder)
}

#[cfg(unix)]
mod unix {
    use std::fs::{DirBuilder, OpenOptions};
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};

    use rustix::fs::OFlags;

    use super::{Distrust, Metadata, Path, io};

    /// Write permission for the group or everyone.
    const WRITABLE: u32 = 0o022;

    pub(super) fn judged(seen: &Metadata) -> Result<(), Distrust> {
        if seen.uid() != rustix::process::geteuid().as_raw() {
            return Err(Distrust::OtherOwner);
        }
        if seen.mode() & WRITABLE != 0 { Err(Distrust::Writable) } else { Ok(()) }
    }

    /// Checks a parent folder or a link on the path: it must be the user's or the system's. If others can write to it,
    /// the sticky bit must let only owners rename entries.
    pub(super) fn judged_above(seen: &Metadata) -> Result<(), Distrust> {
        const STICKY: u32 = 0o1000;
        if seen.uid() != 0 && seen.uid() != rustix::process::geteuid().as_raw() {
            return Err(if seen.is_symlink() { Distrust::ForeignLink } else { Distrust::Above });
        }
        // On many systems, each user has a private group.
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

/// On a system without file owners, the system's own rules protect the user's folder.
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
