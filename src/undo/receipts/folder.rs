//! The folder of receipts: one file per run, ordered by the runs' numbers.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use etcetera::BaseStrategy as _;
use tempfile::NamedTempFile;

use crate::model::BucketName;
use crate::undo::receipt::{Receipt, ReceiptParseError, RunId};

use super::error::ReceiptError;
use super::trust::{self, Unused, lock_file, make_folder};

/// The extension of receipt files.
const ENDING: &str = "json";

#[derive(Clone, Debug)]
pub(crate) struct Receipts {
    folder: PathBuf,
}

/// The exclusive right to change a bucket. The lock is released when it is dropped or when the process ends, even if
/// the process is killed.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// The run that `latest` means.
#[derive(Debug)]
pub(crate) struct Latest {
    pub receipt: Receipt,
    /// The newest earlier run that no undo has tried yet.
    pub before: Option<RunId>,
}

/// A file of the folder: a receipt, or why it can't be used.
pub(crate) type ReceiptFile = Result<Receipt, ReceiptError>;

impl Receipts {
    /// Uses the given folder, or `logbucket/receipts` in the state folder of the XDG Base Directory Specification
    /// (<https://specifications.freedesktop.org/basedir-spec/latest/>). Creates nothing yet.
    pub(crate) fn at(named: Option<&Path>) -> Result<Self, ReceiptError> {
        if let Some(folder) = named {
            return Ok(Self { folder: folder.to_owned() });
        }
        let strategy = etcetera::choose_base_strategy().map_err(|_| ReceiptError::NoFolder)?;
        let state = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
        Ok(Self { folder: state.join("logbucket").join("receipts") })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Locks a bucket against this user's other runs on this machine. `None` while another run holds the lock.
    ///
    /// S3 has no conditional write for policies. If two runs wrote at the same time, one run could remove the other
    /// run's statements.
    pub(crate) fn lock(&self, bucket: &BucketName) -> io::Result<Option<Lock>> {
        // Check first, so that nothing is created behind someone else's link.
        trust::folder(&self.folder)?;
        make_folder(&self.folder)?;
        trust::folder(&self.folder)?;
        let file = lock_file(&self.folder.join(format!(".lock-{bucket}")))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Stores the receipt of a new run. `receipt` makes the receipt from the run's number, which is higher than the
    /// number of every earlier run.
    pub(crate) fn begin(&self, receipt: impl Fn(u64) -> Receipt) -> Result<Receipt, ReceiptError> {
        self.make_trusted_folder()?;
        let _counting = self.counting();
        let last = self.files()?.last().map(|(run, _)| run.sequence()).unwrap_or_default();
        let receipt = receipt(last.saturating_add(1));
        let file = self.file(&receipt.run);
        let fails = |why| ReceiptError::Write { file: file.clone(), why };
        let written = self.written(&receipt).map_err(fails)?;
        written.persist_noclobber(&file).map_err(|error| fails(error.error))?;
        self.sync();
        Ok(receipt)
    }

    /// Locks the numbering of runs, so that two runs that begin at the same time don't get the same number. Writing a
    /// file is quick, so this waits for the lock only briefly. Without the lock, the runs' IDs still differ.
    fn counting(&self) -> Option<File> {
        const TRIES: u32 = 50;
        const PAUSE: Duration = Duration::from_millis(20);
        let counting = lock_file(&self.folder.join(".lock-runs")).ok()?;
        for _ in 0..TRIES {
            match counting.try_lock() {
                Ok(()) => return Some(counting),
                Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
                Err(TryLockError::Error(_)) => return None,
            }
        }
        None
    }

    /// Overwrites a receipt. Creates the folder again if someone deleted it.
    pub(crate) fn keep(&self, receipt: &Receipt) -> Result<(), ReceiptError> {
        self.make_trusted_folder()?;
        let file = self.file(&receipt.run);
        let written = self.written(receipt).map_err(|why| ReceiptError::Write { file: file.clone(), why })?;
        written.persist(&file).map_err(|error| ReceiptError::Write { file, why: error.error })?;
        self.sync();
        Ok(())
    }

    pub(crate) fn open(&self, run: &RunId) -> Result<Receipt, ReceiptError> {
        self.is_trusted()?;
        let file = self.file(run);
        match read(&file) {
            Err(ReceiptError::Read { why, .. }) if why.kind() == io::ErrorKind::NotFound => {
                Err(ReceiptError::NoRun { run: run.to_string(), folder: self.folder.clone() })
            }
            kept => kept,
        }
    }

    /// Returns every receipt, the newest first. Empty if the folder does not exist.
    pub(crate) fn list(&self) -> Result<Vec<ReceiptFile>, ReceiptError> {
        self.is_trusted()?;
        Ok(self.files()?.iter().rev().map(|(_, file)| read(file)).collect())
    }

    /// Returns the newest run whose undo has not exited with 0, or `None` if all are undone.
    ///
    /// If an undo could not finish, its run stays the latest, so repeating the command never undoes another run. The
    /// run also stays the latest after an exit with 6, which means that the remaining changes belong to someone else.
    pub(crate) fn latest(&self) -> Result<Option<Latest>, ReceiptError> {
        self.is_trusted()?;
        let files = self.files()?;
        if files.is_empty() {
            return Err(ReceiptError::NoRuns { folder: self.folder.clone() });
        }
        let mut newest_first = files.iter().rev().map(|(_, file)| read(file));
        let open = |kept: &ReceiptFile| !matches!(kept, Ok(receipt) if receipt.closed.is_some());
        let Some(receipt) = newest_first.find(open).transpose()? else { return Ok(None) };
        let is_untried = |earlier: &Receipt| earlier.undone.is_none() && earlier.partly_undone.is_none();
        let before = newest_first.filter_map(Result::ok).find(is_untried);
        Ok(Some(Latest { receipt, before: before.map(|earlier| earlier.run) }))
    }

    /// Returns the receipts of later runs.
    pub(crate) fn since(&self, run: &RunId) -> Result<Vec<ReceiptFile>, ReceiptError> {
        self.is_trusted()?;
        Ok(self.files()?.iter().filter(|(later, _)| later > run).map(|(_, file)| read(file)).collect())
    }

    /// Returns a bucket's receipts, the oldest first.
    pub(crate) fn for_bucket(&self, bucket: &BucketName) -> Result<Vec<ReceiptFile>, ReceiptError> {
        self.is_trusted()?;
        let ending = format!("-{bucket}");
        Ok(self
            .files()?
            .iter()
            .filter(|(run, _)| run.as_str().ends_with(&ending))
            .map(|(_, file)| read(file))
            .collect())
    }

    fn unusable(&self, why: io::Error) -> ReceiptError {
        ReceiptError::Folder { folder: self.folder.clone(), why }
    }

    fn is_trusted(&self) -> Result<(), ReceiptError> {
        trust::folder(&self.folder).map_err(|unused| match unused {
            Unused::Distrusted(why) => ReceiptError::Distrusted { path: self.folder.clone(), why },
            Unused::Unread(why) => self.unusable(why),
        })
    }

    /// Creates the folder, unless someone else's link is on the path.
    fn make_trusted_folder(&self) -> Result<(), ReceiptError> {
        self.is_trusted()?;
        make_folder(&self.folder).map_err(|why| self.unusable(why))?;
        self.is_trusted()
    }

    /// Returns the receipt files with their runs, the oldest first.
    fn files(&self) -> Result<Vec<(RunId, PathBuf)>, ReceiptError> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(|why| self.unusable(why))?,
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(|why| self.unusable(why))?.path();
            let is_receipt = path.extension().is_some_and(|ending| ending == ENDING);
            // A file whose name begins with a dot is an unfinished receipt. Its run never wrote anything.
            let run = path.file_stem().and_then(|name| name.to_str()?.parse::<RunId>().ok());
            if let Some(run) = run.filter(|_| is_receipt) {
                files.push((run, path));
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

    /// Writes the text to a temporary file on disk, which the caller renames.
    fn written(&self, receipt: &Receipt) -> io::Result<NamedTempFile> {
        let text = receipt.text().map_err(io::Error::other)?;
        // `tempfile` creates it with mode 0600.
        let mut file = tempfile::Builder::new().prefix(".receipt-").tempfile_in(&self.folder).map_err(plain)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        Ok(file)
    }

    /// Syncs the new name to disk, if the system supports it.
    fn sync(&self) {
        if let Ok(folder) = File::open(&self.folder) {
            let _ = folder.sync_all();
        }
    }
}

/// Drops the temporary file's name from the error.
fn plain(error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(_) => error,
        None => error.kind().into(),
    }
}

/// The maximum size of a receipt in bytes. One with thousands of sources and their policies takes a few megabytes.
const MAX_SIZE: u64 = 64 * 1024 * 1024;

fn read(file: &Path) -> ReceiptFile {
    let fails = |why| ReceiptError::Read { file: file.to_owned(), why };
    let opened = trust::open(file).map_err(|unused| match unused {
        Unused::Distrusted(why) => ReceiptError::Distrusted { path: file.to_owned(), why },
        Unused::Unread(why) => fails(why),
    })?;
    let mut text = String::new();
    opened.take(MAX_SIZE + 1).read_to_string(&mut text).map_err(fails)?;
    if u64::try_from(text.len()).is_ok_and(|length| length > MAX_SIZE) {
        return Err(fails(io::Error::other("it is larger than 64 MiB, the limit for a receipt")));
    }
    let unreadable = |why| ReceiptError::Unreadable { file: file.to_owned(), why };
    let receipt = Receipt::parse(&text).map_err(unreadable)?;
    // A copied receipt would restore the original run's settings.
    match file.file_stem() {
        Some(name) if name == receipt.run.as_str() => Ok(receipt),
        _ => Err(unreadable(ReceiptParseError::OtherRun(receipt.run))),
    }
}
