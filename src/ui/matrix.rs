//! The matrix of log services and default encryptions, as text, Markdown and JSON. The facts come from the producers.

use serde::Serialize;

use crate::model::EncryptionKind;
use crate::producer::Producer;
use crate::producer::encryption::{AS_OF, EncryptionOutcome, EncryptionRule};

use super::style::{ASIDE, BAD, CAUTION, GOOD, HEADING, Style, painted};
use super::wrap::Sheet;

/// The note for a default encryption that works, but for which logbucket offers `--report-kms-key` instead.
const INSTEAD: &str = "not offered, see `--report-kms-key`";

/// Which services can deliver to a bucket with which default encryption: `logbucket matrix`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct MatrixDocument {
    /// The document and its version.
    #[cfg_attr(test, schemars(extend("const" = "logbucket.matrix/1")))]
    schema: &'static str,
    /// The year and month of AWS's pages.
    as_of: &'static str,
    /// One cell for each service and encryption.
    cells: Vec<CellBody>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Cell"))]
struct CellBody {
    /// The log type.
    #[cfg_attr(test, schemars(extend("enum" = crate::ui::schema::producers())))]
    producer: &'static str,
    /// The bucket's default encryption.
    #[cfg_attr(test, schemars(extend("enum" = crate::ui::schema::encryptions())))]
    encryption: &'static str,
    /// Whether logs arrive.
    #[cfg_attr(test, schemars(extend("enum" = crate::ui::schema::outcomes())))]
    outcome: &'static str,
    /// Whether `init` offers it.
    offered: bool,
    /// The reason.
    why: &'static str,
    /// The address of AWS's page.
    page: &'static str,
}

impl MatrixDocument {
    pub(super) fn new(asked: &[Producer]) -> Self {
        let of_producer = |producer| EncryptionKind::KNOWN.map(|kind| CellBody::new(producer, kind));
        Self { schema: "logbucket.matrix/1", as_of: AS_OF, cells: chosen(asked).flat_map(of_producer).collect() }
    }
}

impl CellBody {
    fn new(producer: Producer, kind: EncryptionKind) -> Self {
        let EncryptionRule { outcome, why, source, offered } = producer.encryption(kind);
        Self {
            producer: producer.as_str(),
            encryption: kind.as_str(),
            outcome: outcome.as_str(),
            offered,
            why,
            page: source,
        }
    }
}

/// Returns the requested services, each once and in the usual order. If none are requested, returns all services.
fn chosen(asked: &[Producer]) -> impl Iterator<Item = Producer> {
    Producer::ALL.into_iter().filter(move |producer| asked.is_empty() || asked.contains(producer))
}

/// Formats the matrix as a grid. If services are requested, or the grid is too wide, formats the reasons instead.
pub(super) fn text(asked: &[Producer], width: Option<usize>) -> String {
    let mut sheet = Sheet::new(width);
    let about = "which services can deliver to a bucket with this default encryption, per AWS documentation as of";
    sheet.paragraph("", 0, &format!("{about} {AS_OF}"));
    let grid = Grid::new();
    if asked.is_empty() && width.is_none_or(|width| width >= grid.width()) {
        sheet.line("");
        grid.write(&mut sheet);
        sheet.line("");
        sheet.paragraph("", 0, "reasons and AWS's pages: logbucket matrix PRODUCER");
    } else {
        reasons(&mut sheet, asked);
    }
    sheet.into_text()
}

/// A row for each service and a column for each encryption.
struct Grid {
    /// The width of the first column.
    names: usize,
    /// The encryptions, and the width of each column.
    columns: Vec<(EncryptionKind, usize)>,
}

impl Grid {
    fn new() -> Self {
        let names = Producer::ALL.into_iter().map(|producer| producer.as_str().len()).max().unwrap_or_default();
        let column = |kind: EncryptionKind| {
            let cells = Producer::ALL.into_iter().map(|producer| short(producer.encryption(kind).outcome).len());
            (kind, cells.chain([heading_in_grid(kind).len()]).max().unwrap_or_default())
        };
        Self { names, columns: EncryptionKind::KNOWN.map(column).into() }
    }

    fn width(&self) -> usize {
        self.names + self.columns.iter().map(|(_, width)| 2 + width).sum::<usize>()
    }

    fn write(&self, sheet: &mut Sheet) {
        let head = |(kind, width): &(EncryptionKind, usize)| format!("  {:<width$}", heading_in_grid(*kind));
        let head: String = self.columns.iter().map(head).collect();
        sheet.line(&painted(HEADING, format!("{:<1$}{head}", "", self.names).trim_end()));
        for producer in Producer::ALL {
            let cell = |(kind, width): &(EncryptionKind, usize)| {
                let outcome = producer.encryption(*kind).outcome;
                let word = short(outcome);
                format!("  {}{:2$}", painted(style(outcome), word), "", width - word.len())
            };
            let cells: String = self.columns.iter().map(cell).collect();
            sheet.line(format!("{:<1$}{cells}", producer.as_str(), self.names).trim_end());
        }
    }
}

/// Writes a block for each service, with a paragraph for each encryption.
fn reasons(sheet: &mut Sheet, asked: &[Producer]) {
    for producer in chosen(asked) {
        sheet.line("");
        sheet.line(&format!("{}  {}", painted(HEADING, producer.as_str()), painted(ASIDE, producer.title())));
        for kind in EncryptionKind::KNOWN {
            let rule = producer.encryption(kind);
            let word = format!("{:<13}", short(rule.outcome));
            sheet.paragraph(&format!("  {}  ", painted(style(rule.outcome), &word)), 17, kind.title());
            let note = if is_kept(&rule) { format!("{}; {INSTEAD}", rule.why) } else { rule.why.to_owned() };
            sheet.paragraph(&" ".repeat(17), 17, &note);
        }
        for page in pages(producer) {
            sheet.line(&format!("  {:<13}  {page}", "see"));
        }
    }
}

fn style(outcome: EncryptionOutcome) -> Style {
    match outcome {
        EncryptionOutcome::Works => GOOD,
        EncryptionOutcome::WorksWithKeyPolicy => CAUTION,
        EncryptionOutcome::NotSupported => BAD,
    }
}

fn heading_in_grid(kind: EncryptionKind) -> &'static str {
    match kind {
        EncryptionKind::SseS3 => "SSE-S3",
        EncryptionKind::SseKmsAwsManaged => "SSE-KMS aws/s3",
        EncryptionKind::SseKmsCustomer => "SSE-KMS customer managed",
        EncryptionKind::DsseKms => "DSSE-KMS",
        EncryptionKind::Other => "others",
    }
}

fn short(outcome: EncryptionOutcome) -> &'static str {
    match outcome {
        EncryptionOutcome::Works => "works",
        EncryptionOutcome::WorksWithKeyPolicy => "if key allows",
        EncryptionOutcome::NotSupported => "not supported",
    }
}

/// Formats the matrix as a Markdown table.
pub(super) fn markdown(asked: &[Producer]) -> String {
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let head = EncryptionKind::KNOWN.map(heading).map(str::to_owned);
    let head: Vec<String> = ["producer".to_owned()].into_iter().chain(head).chain(["source".to_owned()]).collect();
    let line = format!("|{}\n", "---|".repeat(head.len()));
    let of_producer = |producer: Producer| {
        let cells = EncryptionKind::KNOWN.map(|kind| in_words(&producer.encryption(kind)));
        let links: Vec<String> = pages(producer).iter().map(|page| format!("[AWS]({page})")).collect();
        let name = format!("`{producer}`");
        row([name].into_iter().chain(cells).chain([links.join(", ")]).collect())
    };
    let rows: String = chosen(asked).map(of_producer).collect();
    format!("{}{line}{rows}", row(head))
}

fn heading(kind: EncryptionKind) -> &'static str {
    match kind {
        EncryptionKind::SseS3 => "SSE-S3",
        EncryptionKind::SseKmsAwsManaged => "SSE-KMS, AWS managed key",
        EncryptionKind::SseKmsCustomer => "SSE-KMS, customer managed key",
        EncryptionKind::DsseKms => "DSSE-KMS",
        EncryptionKind::Other => "others",
    }
}

fn in_words(rule: &EncryptionRule) -> String {
    match rule.outcome {
        EncryptionOutcome::Works => "works".to_owned(),
        EncryptionOutcome::WorksWithKeyPolicy if is_kept(rule) => format!("works with the right key policy; {INSTEAD}"),
        EncryptionOutcome::WorksWithKeyPolicy => "works with the right key policy".to_owned(),
        EncryptionOutcome::NotSupported => "not supported".to_owned(),
    }
}

/// Returns whether a combination works but is not offered.
fn is_kept(rule: &EncryptionRule) -> bool {
    rule.outcome != EncryptionOutcome::NotSupported && !rule.offered
}

/// Returns the AWS pages about a producer's cells, each once.
fn pages(producer: Producer) -> Vec<&'static str> {
    let mut pages = Vec::new();
    for kind in EncryptionKind::KNOWN {
        let page = producer.encryption(kind).source;
        if !pages.contains(&page) {
            pages.push(page);
        }
    }
    pages
}
