//! An address as a QR code of half blocks, dark on light whatever the colours of the terminal are.

use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules around the code; scanners want some.
const MARGIN: i32 = 2;

/// The code of `text`; nothing if it is too long for one.
pub(super) fn draw(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Low).ok()?;
    let range = -MARGIN..code.size() + MARGIN;
    let rows = range.clone().step_by(2).map(|y| {
        let row: String = range
            .clone()
            .map(|x| match (code.get_module(x, y), code.get_module(x, y + 1)) {
                (false, false) => ' ',
                (true, false) => '▀',
                (false, true) => '▄',
                (true, true) => '█',
            })
            .collect();
        format!("\u{1b}[30;107m{row}\u{1b}[0m")
    });
    Some(rows.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_address_becomes_a_square() {
        let drawn = super::draw("http://192.168.1.7:8080/?yicun-token=0123456789abcdef").unwrap();
        let lines: Vec<&str> = drawn.lines().collect();
        let width = lines[0].chars().filter(|c| " ▀▄█".contains(*c)).count();
        assert_eq!(width.div_ceil(2), lines.len());
        // The finder pattern in the corner.
        assert!(lines[1].contains("  █▀▀▀▀▀█"), "{drawn}");
    }
}
