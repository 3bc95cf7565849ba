//! The file of `--report`: begun before anything is asked of AWS, so that a place where nothing can be written ends a long scan
//! at its beginning, and put in its place when it is whole.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file beside the one that it will become.
#[derive(Debug)]
pub(super) struct ReportFile {
    path: PathBuf,
    file: NamedTempFile,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[error("`{}` can't be written: {why}", path.display())]
pub(super) struct NotWritten {
    path: PathBuf,
    why: io::Error,
}

impl NotWritten {
    /// What to do.
    pub(super) const HINT: &str = "name a file in a folder that is there and that you may write to";
}

impl ReportFile {
    /// Begins it; what stands at the path stays until [`ReportFile::write`].
    pub(super) fn begin(path: &Path) -> Result<Self, NotWritten> {
        let fails = |why| NotWritten { path: path.to_owned(), why };
        // What a link names is replaced, not the link.
        let path = if path.exists() { path.canonicalize().map_err(fails)? } else { path.to_owned() };
        if path.exists() && !path.is_file() {
            return Err(fails(io::Error::other("what is there is no file")));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // The error that the library adds names the file beside it, which nobody asked for.
        let file = begun(folder).map_err(|error| fails(error.kind().into()))?;
        Ok(Self { path, file })
    }

    /// Writes it, and puts it in its place, which it says.
    pub(super) fn write(mut self, text: &str) -> Result<PathBuf, NotWritten> {
        let fails = |why| NotWritten { path: self.path.clone(), why };
        self.file.write_all(text.as_bytes()).map_err(fails)?;
        match self.file.persist(&self.path) {
            Ok(_) => Ok(self.path),
            Err(error) => Err(NotWritten { path: self.path, why: error.error }),
        }
    }
}

/// A file that is as readable as any that a program makes: the umask has its say.
#[cfg(unix)]
fn begun(folder: &Path) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt as _;
    tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o666)).tempfile_in(folder)
}

#[cfg(not(unix))]
fn begun(folder: &Path) -> io::Result<NamedTempFile> {
    NamedTempFile::new_in(folder)
}
