//! The folder where receipts are kept: a file for each run, whole or not there, that only its user may read.
//!
//! What a receipt says is `receipt`'s.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use tempfile::NamedTempFile;

use crate::model::BucketName;
use crate::receipt::{Receipt, RunId, Unreadable};

/// What a receipt's file is called after its run.
const ENDING: &str = "json";

/// A folder of receipts.
#[derive(Clone, Debug)]
pub struct Receipts {
    folder: PathBuf,
}

/// A run's place among those that change a bucket, until it is dropped or the process ends, however that ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why a receipt is not written, or not read.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// Nothing says where receipts are kept.
    #[error("there is no home to keep receipts in, and no other folder is named")]
    NoFolder,
    /// The folder can't be used.
    #[error("receipts can't be kept in `{}`: {why}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// A file can't be written.
    #[error("the receipt `{}` can't be written: {why}", file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// There is no receipt at all.
    #[error("no runs have a receipt in `{}`", folder.display())]
    NoRuns {
        /// The folder.
        folder: PathBuf,
    },
    /// There is no receipt of that run.
    #[error("there is no receipt of a run `{run}` in `{}`", folder.display())]
    NoRun {
        /// The run, as it was asked for.
        run: String,
        /// The folder.
        folder: PathBuf,
    },
    /// A file can't be read.
    #[error("the receipt `{}` can't be read: {why}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// Anybody may put a file in the place of another, so that a receipt may not say what its run wrote.
    #[error("anybody may put a file of their own in the place of a receipt in `{}`", folder.display())]
    FolderOfAll {
        /// The folder.
        folder: PathBuf,
    },
    /// Anybody may write to a file, so that it may not say what the run wrote.
    #[error("anybody may write to the receipt `{}`", file.display())]
    OpenToAll {
        /// The file.
        file: PathBuf,
    },
    /// A file is no receipt.
    #[error("`{}`: {why}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        why: Unreadable,
    },
}

impl ReceiptError {
    /// What to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoFolder => "name a folder with `--receipt-dir`, or set `XDG_STATE_HOME` or `HOME`",
            Self::Folder { .. } | Self::Write { .. } => {
                "nothing is changed without a receipt: name a folder that can be written to with `--receipt-dir`"
            }
            Self::NoRuns { .. } => "`--receipt-dir` names another folder",
            Self::NoRun { .. } => "`logbucket undo` lists the runs; `--receipt-dir` names another folder",
            Self::Read { .. } => "let your user read it",
            Self::OpenToAll { .. } => "what it says would be written to AWS: read it, then `chmod 600` it",
            Self::FolderOfAll { .. } => {
                "what a receipt says would be written to AWS by an undo: `chmod 700` the folder"
            }
            Self::Unreadable { why: Unreadable::Form(_), .. } => {
                "it was cut off or changed: what it says is not guessed at; put back by hand what it shows"
            }
            Self::Unreadable { .. } => {
                "what it says is not guessed at: use the version that wrote it, or put back by hand what it shows"
            }
        }
    }
}

/// A file of the folder: a receipt, or why it is none.
pub type Kept = Result<Receipt, ReceiptError>;

impl Receipts {
    /// The folder that is named, else `logbucket/receipts` in the state folder of the XDG Base Directory Specification
    /// (<https://specifications.freedesktop.org/basedir-spec/latest/>). Nothing is made yet.
    pub fn at(named: Option<&Path>) -> Result<Self, ReceiptError> {
        if let Some(folder) = named {
            return Ok(Self { folder: folder.to_owned() });
        }
        let strategy = etcetera::choose_base_strategy().map_err(|_| ReceiptError::NoFolder)?;
        let state = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
        Ok(Self { folder: state.join("logbucket").join("receipts") })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The place of a run that changes a bucket, among those of this user on this machine; nothing while another has it.
    ///
    /// S3 has no write of a policy that only goes through where nobody else wrote meanwhile, so that of two runs at the same
    /// moment one could take away what the other grants.
    pub fn lock(&self, bucket: &BucketName) -> io::Result<Option<Lock>> {
        make_folder(&self.folder)?;
        let file = lock_file(&self.folder.join(format!(".lock-{bucket}")))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Keeps the receipt of a run that begins: `receipt` makes it for the first name that is free.
    pub fn begin(&self, receipt: impl Fn(usize) -> Receipt) -> Result<Receipt, ReceiptError> {
        make_folder(&self.folder).map_err(|why| ReceiptError::Folder { folder: self.folder.clone(), why })?;
        if takes_from_all(&self.folder) {
            return Err(ReceiptError::FolderOfAll { folder: self.folder.clone() });
        }
        let mut nth = self.of_second(receipt(1).run.second())? + 1;
        loop {
            let receipt = receipt(nth);
            let file = self.file(&receipt.run);
            let written = self.written(&receipt).map_err(|why| ReceiptError::Write { file: file.clone(), why })?;
            match written.persist_noclobber(&file) {
                Ok(_) => {
                    self.sync();
                    return Ok(receipt);
                }
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => nth += 1,
                Err(error) => return Err(ReceiptError::Write { file, why: error.error }),
            }
        }
    }

    /// Writes a receipt anew, in place of what was known before.
    pub fn keep(&self, receipt: &Receipt) -> Result<(), ReceiptError> {
        let file = self.file(&receipt.run);
        let written = self.written(receipt).map_err(|why| ReceiptError::Write { file: file.clone(), why })?;
        written.persist(&file).map_err(|error| ReceiptError::Write { file, why: error.error })?;
        self.sync();
        Ok(())
    }

    /// The receipt of a run.
    pub fn open(&self, run: &RunId) -> Result<Receipt, ReceiptError> {
        let file = self.file(run);
        match read(&file) {
            Err(ReceiptError::Read { why, .. }) if why.kind() == io::ErrorKind::NotFound => {
                Err(ReceiptError::NoRun { run: run.to_string(), folder: self.folder.clone() })
            }
            kept => kept,
        }
    }

    /// Every receipt, the newest first; none where there is no folder.
    pub fn list(&self) -> Result<Vec<Kept>, ReceiptError> {
        Ok(self.files()?.iter().rev().map(|file| read(file)).collect())
    }

    /// The receipt of the newest run.
    pub fn newest(&self) -> Kept {
        match self.files()?.last() {
            Some(file) => read(file),
            None => Err(ReceiptError::NoRuns { folder: self.folder.clone() }),
        }
    }

    /// The receipts of later runs on a bucket, as their names tell.
    pub fn since(&self, run: &RunId, bucket: &BucketName) -> Result<Vec<Kept>, ReceiptError> {
        let is_later = |file: &&PathBuf| {
            let name = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            *name > *run.as_str() && name.ends_with(&format!("-{bucket}"))
        };
        Ok(self.files()?.iter().filter(is_later).map(|file| read(file)).collect())
    }

    /// How many runs began in a second: which of them was the last is told by their number alone.
    fn of_second(&self, second: &str) -> Result<usize, ReceiptError> {
        let begun = |file: &&PathBuf| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(second));
        Ok(self.files()?.iter().filter(begun).count())
    }

    /// The files of receipts, the oldest first.
    fn files(&self) -> Result<Vec<PathBuf>, ReceiptError> {
        let fails = |why| ReceiptError::Folder { folder: self.folder.clone(), why };
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(fails)?,
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(fails)?.path();
            // What begins with a dot is a receipt that was never finished: its run never wrote anything.
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if !hidden && path.extension().is_some_and(|ending| ending == ENDING) {
                files.push(path);
            }
        }
        files.sort_unstable();
        Ok(files)
    }

    fn file(&self, run: &RunId) -> PathBuf {
        let mut name = OsString::from(run.as_str());
        name.push(".");
        name.push(ENDING);
        self.folder.join(name)
    }

    /// The text in a file beside, on the disk: only its name is missing.
    fn written(&self, receipt: &Receipt) -> io::Result<NamedTempFile> {
        let text = receipt.text().map_err(io::Error::other)?;
        // The library makes it with mode 0600.
        let mut file = tempfile::Builder::new().prefix(".receipt-").tempfile_in(&self.folder).map_err(plain)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        Ok(file)
    }

    /// The new name is on the disk, too, where the system can say so.
    fn sync(&self) {
        if let Ok(folder) = File::open(&self.folder) {
            let _ = folder.sync_all();
        }
    }
}

/// The library's error names the file beside, which nobody asked for.
fn plain(error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(_) => error,
        None => error.kind().into(),
    }
}

fn read(file: &Path) -> Kept {
    let fails = |why| ReceiptError::Read { file: file.to_owned(), why };
    if !fs::metadata(file).map_err(fails)?.is_file() {
        return Err(fails(io::Error::other("it is no file")));
    }
    let mut opened = File::open(file).map_err(fails)?;
    if is_open_to_all(&opened.metadata().map_err(fails)?) {
        return Err(ReceiptError::OpenToAll { file: file.to_owned() });
    }
    if let Some(folder) = file.parent().filter(|folder| takes_from_all(folder)) {
        return Err(ReceiptError::FolderOfAll { folder: folder.to_owned() });
    }
    let mut text = String::new();
    opened.read_to_string(&mut text).map_err(fails)?;
    let unreadable = |why| ReceiptError::Unreadable { file: file.to_owned(), why };
    let receipt = Receipt::parse(&text).map_err(unreadable)?;
    // A copy would be written back in the place of what it was copied from.
    match file.file_stem() {
        Some(name) if name == receipt.run.as_str() => Ok(receipt),
        _ => Err(unreadable(Unreadable::OtherRun(receipt.run))),
    }
}

#[cfg(unix)]
fn is_open_to_all(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o002 != 0
}

#[cfg(not(unix))]
fn is_open_to_all(_: &fs::Metadata) -> bool {
    false
}

/// Whether anybody may put a file in the place of another in a folder: a sticky one, such as `/tmp`, keeps each file to its owner.
#[cfg(unix)]
fn takes_from_all(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(folder).is_ok_and(|metadata| metadata.permissions().mode() & 0o1002 == 0o002)
}

#[cfg(not(unix))]
fn takes_from_all(_: &Path) -> bool {
    false
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(unix)]
fn lock_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options().create(true).truncate(false).write(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn lock_file(path: &Path) -> io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(path)
}
