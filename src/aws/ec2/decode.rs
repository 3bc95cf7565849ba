//! Reads EC2's XML: elements by their local name, and lists of `item`s.

use aws_smithy_xml::decode::{Document, ScopedDecoder, XmlDecodeError, try_data};

pub(in crate::aws) type DecodeError = XmlDecodeError;
pub(in crate::aws) type XmlElement<'inp, 'a> = ScopedDecoder<'inp, 'a>;

/// Reads a document with `read`, which gets the root.
pub(super) fn parse<T>(
    body: &str,
    read: impl FnOnce(&mut XmlElement<'_, '_>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    let mut document = Document::try_from(body.as_bytes())?;
    let mut root = document.root_element()?;
    read(&mut root)
}

/// Calls `read` with the name of each child, and the child.
pub(in crate::aws) fn each(
    element: &mut XmlElement<'_, '_>,
    mut read: impl FnMut(&str, &mut XmlElement<'_, '_>) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    while let Some(mut child) = element.next_tag() {
        let name = child.start_el().local().to_owned();
        read(&name, &mut child)?;
    }
    Ok(())
}

/// Returns the element's text.
pub(in crate::aws) fn text(element: &mut XmlElement<'_, '_>) -> Result<String, DecodeError> {
    Ok(try_data(element)?.into_owned())
}

/// Reads each `item` of a list.
pub(in crate::aws) fn items<T>(
    element: &mut XmlElement<'_, '_>,
    mut read: impl FnMut(&mut XmlElement<'_, '_>) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    let mut all = Vec::new();
    each(element, |name, item| {
        if name == "item" {
            all.push(read(item)?);
        }
        Ok(())
    })?;
    Ok(all)
}
