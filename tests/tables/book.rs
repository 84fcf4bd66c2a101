//! A workbook written by hand, with just what a test needs.

use std::fmt::Write as _;
use std::io::Write as _;
use zip::write::SimpleFileOptions;

/// A workbook under construction.
#[derive(Default)]
pub struct Book {
    sheets: Vec<(String, bool, String)>,
    strings: Vec<String>,
    formats: Vec<(u32, String)>,
}

/// A cell: its address, its XML.
pub enum Cell {
    /// Any cell: address, type, inner XML, style.
    Raw(String, String, String, u32),
    /// A shared string.
    Shared(String, String),
}

/// A shared string.
pub fn shared(at: &str, text: &str) -> Cell {
    Cell::Shared(at.to_owned(), text.to_owned())
}

/// A cell of this type with this XML inside.
pub fn cell(at: &str, kind: &str, inner: &str) -> Cell {
    Cell::Raw(at.to_owned(), kind.to_owned(), inner.to_owned(), 0)
}

/// A plain number.
pub fn number(at: &str, value: f64) -> Cell {
    styled(at, 0, value)
}

/// A number in the style made by [`Book::format`].
pub fn styled(at: &str, style: u32, value: f64) -> Cell {
    Cell::Raw(at.to_owned(), String::new(), format!("<v>{value}</v>"), style)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

impl Book {
    /// Without sheets.
    pub fn new() -> Self {
        Book::default()
    }

    /// Declares the style of this number (in order from 1).
    pub fn format(&mut self, style: u32, code: &str) -> &mut Self {
        self.formats.push((style, code.to_owned()));
        self
    }

    /// Adds a sheet.
    pub fn sheet(&mut self, name: &str, rows: &[&[Cell]], merges: &[&str]) {
        let xml = self.xml(rows, merges);
        self.sheets.push((name.to_owned(), false, xml));
    }

    /// Adds a hidden sheet.
    pub fn hidden(&mut self, name: &str, rows: &[&[Cell]]) {
        let xml = self.xml(rows, &[]);
        self.sheets.push((name.to_owned(), true, xml));
    }

    /// Adds a sheet of this XML.
    pub fn raw(&mut self, name: &str, xml: &str) {
        self.sheets.push((name.to_owned(), false, xml.to_owned()));
    }

    fn xml(&mut self, rows: &[&[Cell]], merges: &[&str]) -> String {
        let mut xml = "<worksheet><sheetData>".to_owned();
        for (number, row) in rows.iter().enumerate() {
            let _ = write!(xml, "<row r=\"{}\">", number + 1);
            for cell in *row {
                let _ = match cell {
                    Cell::Raw(at, kind, inner, style) => {
                        let kind = if kind.is_empty() { String::new() } else { format!(" t=\"{kind}\"") };
                        write!(xml, "<c r=\"{at}\" s=\"{style}\"{kind}>{inner}</c>")
                    }
                    Cell::Shared(at, text) => {
                        self.strings.push(text.clone());
                        write!(xml, "<c r=\"{at}\" t=\"s\"><v>{}</v></c>", self.strings.len() - 1)
                    }
                };
            }
            xml.push_str("</row>");
        }
        xml.push_str("</sheetData><mergeCells>");
        for merge in merges {
            let _ = write!(xml, "<mergeCell ref=\"{merge}\"/>");
        }
        xml.push_str("</mergeCells></worksheet>");
        xml
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let mut part = |name: &str, text: &str| {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        };
        let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        part(
            "_rels/.rels",
            &format!(
                "<Relationships><Relationship Id=\"r1\" Type=\"{kind}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        );
        let mut relations = format!(
            "<Relationship Id=\"s\" Type=\"{kind}/sharedStrings\" Target=\"sharedStrings.xml\"/><Relationship Id=\"t\" Type=\"{kind}/styles\" Target=\"/xl/styles.xml\"/>"
        );
        let mut listed = String::new();
        for (number, (name, hidden, xml)) in self.sheets.iter().enumerate() {
            part(&format!("xl/worksheets/sheet{number}.xml"), xml);
            let state = if *hidden { " state=\"hidden\"" } else { "" };
            let _ = write!(
                listed,
                "<sheet name=\"{}\" sheetId=\"{}\" r:id=\"n{number}\"{state}/>",
                escaped(name),
                number + 1
            );
            let _ = write!(
                relations,
                "<Relationship Id=\"n{number}\" Type=\"{kind}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
            );
        }
        part("xl/_rels/workbook.xml.rels", &format!("<Relationships>{relations}</Relationships>"));
        part(
            "xl/workbook.xml",
            &format!("<workbook xmlns:r=\"{kind}\"><sheets>{listed}</sheets></workbook>"),
        );
        let strings: String =
            self.strings.iter().map(|text| format!("<si><t>{}</t></si>", escaped(text))).collect();
        part("xl/sharedStrings.xml", &format!("<sst>{strings}</sst>"));
        let declared: String = self
            .formats
            .iter()
            .map(|(style, code)| {
                format!("<numFmt numFmtId=\"{}\" formatCode=\"{}\"/>", 200 + style, escaped(code))
            })
            .collect();
        let styles: String =
            self.formats.iter().map(|(style, _)| format!("<xf numFmtId=\"{}\"/>", 200 + style)).collect();
        part(
            "xl/styles.xml",
            &format!(
                "<styleSheet><numFmts>{declared}</numFmts><cellStyleXfs><xf numFmtId=\"9\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/>{styles}</cellXfs></styleSheet>"
            ),
        );
        zip.finish().unwrap().into_inner()
    }
}
