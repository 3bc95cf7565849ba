//! JSON text without its spaces, read by nothing but its quotes: what a reader of JSON must give back, if it loses nothing.

/// The text without spaces between its tokens, each string in its shortest form and exponents with a small `e` and a sign, as
/// `serde_json` prints them. Sense only where the text is JSON.
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

/// Tokens that are no strings: of their letters only those of exponents stand before a digit.
fn bare(tokens: &str) -> String {
    let joined: String = tokens.split_ascii_whitespace().collect();
    let mut bare = joined.replace('E', "e");
    for digit in '0'..='9' {
        bare = bare.replace(&format!("e{digit}"), &format!("e+{digit}"));
    }
    bare
}
