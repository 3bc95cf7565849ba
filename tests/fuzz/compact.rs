//! Compacts JSON text by looking only at its quotes. A JSON reader that loses nothing must return the same text.

/// Returns the text without spaces between its tokens, as `serde_json` prints it: each string in its shortest form, and
/// exponents with a small `e` and a sign. The text must be valid JSON.
pub(crate) fn compact(text: &str) -> String {
    let mut compact = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('"') {
        let (before, quoted) = rest.split_at(start);
        let mut strings = serde_json::Deserializer::from_str(quoted).into_iter::<String>();
        let string = strings.next().unwrap().unwrap();
        compact.push_str(&bare(before));
        compact.push_str(&serde_json::to_string(&string).unwrap());
        rest = quoted.split_at(strings.byte_offset()).1;
    }
    compact.push_str(&bare(rest));
    compact
}

/// Compacts tokens that are not strings. In such tokens, an `e` before a digit always belongs to an exponent.
fn bare(tokens: &str) -> String {
    let joined: String = tokens.split_ascii_whitespace().collect();
    let mut bare = joined.replace('E', "e");
    for digit in '0'..='9' {
        bare = bare.replace(&format!("e{digit}"), &format!("e+{digit}"));
    }
    bare
}
