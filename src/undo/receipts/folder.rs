//! The folder of receipts: a file for each run, in the order of the runs' numbers.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use etcetera::BaseStrategy as _;
use tempfile::NamedTempFile;

use crate::model::BucketName;
use crate::undo::receipt::{Receipt, RunId, Unreadable};

use super::error::ReceiptError;
use super::trust::{self, lock_file, make_folder};

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

/// The run that `latest` names.
#[derive(Debug)]
pub struct Latest {
    /// Its receipt.
    pub receipt: Receipt,
    /// The one before it that no undo has tried yet.
    pub before: Option<RunId>,
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
        // Nothing is made behind somebody else's link.
        trust::folder(&self.folder)?.map_err(io::Error::other)?;
        make_folder(&self.folder)?;
        trust::folder(&self.folder)?.map_err(io::Error::other)?;
        let file = lock_file(&self.folder.join(format!(".lock-{bucket}")))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Keeps the receipt of a run that begins; `receipt` makes it for its number, which is higher than that of every run before.
    pub fn begin(&self, receipt: impl Fn(u64) -> Receipt) -> Result<Receipt, ReceiptError> {
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

    /// The right to number a run: two that begin at once must not get one number. It is held for as long as a file takes to write, so
    /// that somebody who has it for longer is not waited for; where it can't be had, the names of the runs still differ.
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

    /// Writes a receipt anew, in place of what was known before; in a new folder where somebody deleted it meanwhile.
    pub fn keep(&self, receipt: &Receipt) -> Result<(), ReceiptError> {
        self.make_trusted_folder()?;
        let file = self.file(&receipt.run);
        let written = self.written(receipt).map_err(|why| ReceiptError::Write { file: file.clone(), why })?;
        written.persist(&file).map_err(|error| ReceiptError::Write { file, why: error.error })?;
        self.sync();
        Ok(())
    }

    /// The receipt of a run.
    pub fn open(&self, run: &RunId) -> Result<Receipt, ReceiptError> {
        self.is_trusted()?;
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
        self.is_trusted()?;
        Ok(self.files()?.iter().rev().map(|(_, file)| read(file)).collect())
    }

    /// The newest run whose undo has not ended with 0; nothing where all are undone.
    ///
    /// A run that an undo could not finish stays the latest, so that the same command never undoes another run: not even where it
    /// ended with 6, since what is left is somebody else's.
    pub fn latest(&self) -> Result<Option<Latest>, ReceiptError> {
        self.is_trusted()?;
        let files = self.files()?;
        if files.is_empty() {
            return Err(ReceiptError::NoRuns { folder: self.folder.clone() });
        }
        let mut newest_first = files.iter().rev().map(|(_, file)| read(file));
        let open = |kept: &Kept| !matches!(kept, Ok(receipt) if receipt.closed.is_some());
        let Some(receipt) = newest_first.find(open).transpose()? else { return Ok(None) };
        let is_untried = |earlier: &Receipt| earlier.undone.is_none() && earlier.partly_undone.is_none();
        let before = newest_first.filter_map(Result::ok).find(is_untried);
        Ok(Some(Latest { receipt, before: before.map(|earlier| earlier.run) }))
    }

    /// The receipts of the runs after this one.
    pub fn since(&self, run: &RunId) -> Result<Vec<Kept>, ReceiptError> {
        self.is_trusted()?;
        Ok(self.files()?.iter().filter(|(later, _)| later > run).map(|(_, file)| read(file)).collect())
    }

    /// The receipts on a bucket, the oldest first.
    pub fn of_bucket(&self, bucket: &BucketName) -> Result<Vec<Kept>, ReceiptError> {
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
        let judged = trust::folder(&self.folder).map_err(|why| self.unusable(why))?;
        judged.map_err(|why| ReceiptError::Distrusted { path: self.folder.clone(), why })
    }

    /// Nothing is made behind somebody else's link.
    fn make_trusted_folder(&self) -> Result<(), ReceiptError> {
        self.is_trusted()?;
        make_folder(&self.folder).map_err(|why| self.unusable(why))?;
        self.is_trusted()
    }

    /// The files of receipts with the runs that their names tell, the oldest first.
    fn files(&self) -> Result<Vec<(RunId, PathBuf)>, ReceiptError> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(|why| self.unusable(why))?,
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(|why| self.unusable(why))?.path();
            let is_receipt = path.extension().is_some_and(|ending| ending == ENDING);
            // What begins with a dot names no run: it is a receipt that was never finished, whose run never wrote anything.
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

/// Bytes of a receipt: one of thousands of sources, with their policies, has some megabytes.
const LARGEST: u64 = 64 * 1024 * 1024;

fn read(file: &Path) -> Kept {
    let fails = |why| ReceiptError::Read { file: file.to_owned(), why };
    let opened = trust::open(file).map_err(fails)?;
    let opened = opened.map_err(|why| ReceiptError::Distrusted { path: file.to_owned(), why })?;
    let mut text = String::new();
    opened.take(LARGEST + 1).read_to_string(&mut text).map_err(fails)?;
    if u64::try_from(text.len()).is_ok_and(|length| length > LARGEST) {
        return Err(fails(io::Error::other("it is larger than 64 MiB, the limit of a receipt")));
    }
    let unreadable = |why| ReceiptError::Unreadable { file: file.to_owned(), why };
    let receipt = Receipt::parse(&text).map_err(unreadable)?;
    // A copy would be written back in the place of what it was copied from.
    match file.file_stem() {
        Some(name) if name == receipt.run.as_str() => Ok(receipt),
        _ => Err(unreadable(Unreadable::OtherRun(receipt.run))),
    }
}
