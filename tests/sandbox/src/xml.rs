//! Minimal XML: parses request bodies into a tree and escapes text for answers. Rejects anything that is not
//! well-formed.

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Without its namespace prefix.
    pub name: String,
    /// The text directly inside.
    pub text: String,
    /// The elements directly inside.
    pub children: Vec<Node>,
}

impl Node {
    /// Returns the first child with this name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Returns the children with this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Returns the element at this path.
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, name| node.child(name))
    }

    /// Returns the text of the element at this path.
    pub fn text_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path).map(|node| node.text.trim())
    }
}

/// Parses a document and returns its root element.
#[must_use]
pub fn parse(bytes: &[u8]) -> Option<Node> {
    let mut rest = std::str::from_utf8(bytes).ok()?.trim_start_matches('\u{feff}').trim_start();
    while rest.starts_with("<?") || rest.starts_with("<!") {
        rest = rest.split_once('>')?.1.trim_start();
    }
    element(rest, 0).filter(|(_, tail)| tail.trim().is_empty()).map(|(node, _)| node)
}

fn element(rest: &str, depth: usize) -> Option<(Node, &str)> {
    if depth > 32 {
        return None;
    }
    let (tag, mut rest) = rest.strip_prefix('<')?.split_once('>')?;
    let (tag, empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
    let name = tag.split_whitespace().next()?;
    let name = name.split_once(':').map_or(name, |(_, name)| name);
    let mut node = Node { name: name.to_owned(), ..Node::default() };
    if empty {
        return Some((node, rest));
    }
    loop {
        let (text, after) = rest.split_once('<')?;
        node.text.push_str(&unescape(text));
        if let Some(close) = after.strip_prefix('/') {
            return Some((node, close.split_once('>')?.1));
        }
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->")?.1;
            continue;
        }
        let (child, tail) = element(rest.strip_prefix(text)?, depth + 1)?;
        node.children.push(child);
        rest = tail;
    }
}

fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&apos;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// Escapes text for use between tags.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{escape, parse};

    #[test]
    fn a_document_is_parsed_with_namespaces_comments_and_entities() {
        let node = parse(
            b"<?xml version=\"1.0\"?><!-- c --><a xmlns=\"x\"><b>1 &lt; 2</b><!-- d --><n:b/><c><d>e</d></c></a>",
        )
        .expect("a document");
        assert_eq!(node.text_at(&["b"]), Some("1 < 2"));
        assert_eq!(node.all("b").count(), 2);
        assert_eq!(node.text_at(&["c", "d"]), Some("e"));
        assert_eq!(parse(b"<a><b></a>"), None);
        assert_eq!(escape("<&>"), "&lt;&amp;&gt;");
    }
}
