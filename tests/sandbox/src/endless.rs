//! Endless listings and bodies. AWS never sends them, but a proxy in between could.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame};

use crate::half::Broken;
use crate::wire::{Reply, Request};

const TOKEN: &str = "endless-";

/// Turns a request into a request for the first page. Returns the new request and the number of the requested page.
pub(crate) fn first_page(mut request: Request) -> (Request, usize) {
    let number = |text: &str| text.strip_prefix(TOKEN).and_then(|number| number.parse().ok());
    let mut page = request.query.iter().find_map(|(_, value)| number(value));
    request.query.retain(|(_, value)| number(value).is_none());
    request.raw_query = request.raw_query.split('&').filter(|pair| !pair.contains(TOKEN)).collect::<Vec<_>>().join("&");
    if let Ok(serde_json::Value::Object(mut fields)) = serde_json::from_slice(&request.body) {
        page = page.or_else(|| fields.values().find_map(|value| number(value.as_str()?)));
        fields.retain(|_, value| value.as_str().and_then(number).is_none());
        request.body = serde_json::Value::Object(fields).to_string().into();
    } else if let Ok(form) = std::str::from_utf8(&request.body) {
        let of_pair = |pair: &str| pair.split_once('=').and_then(|(_, value)| number(value));
        page = page.or_else(|| form.split('&').find_map(of_pair));
        request.body = form.split('&').filter(|pair| of_pair(pair).is_none()).collect::<Vec<_>>().join("&").into();
    }
    (request, page.unwrap_or_default())
}

/// Makes a reply announce page `number` as the next page, in the fields of every kind of listing.
pub(crate) fn with_more(reply: Reply, number: usize) -> Reply {
    let token = format!("{TOKEN}{number}");
    let body = if let Ok(serde_json::Value::Object(mut fields)) = serde_json::from_slice(&reply.body) {
        fields.insert("Truncated".to_owned(), true.into());
        fields.insert("NextMarker".to_owned(), token.clone().into());
        fields.insert("NextToken".to_owned(), token.clone().into());
        fields.insert("nextToken".to_owned(), token.into());
        serde_json::Value::Object(fields).to_string()
    } else {
        let body = String::from_utf8_lossy(&reply.body).replace("<IsTruncated>false<", "<IsTruncated>true<");
        // EC2's answers have no result element, and its token has its own name.
        if body.contains("http://ec2.amazonaws.com/doc/") {
            let (inside, name) = body.rsplit_once("</").unwrap_or((&body, ""));
            let body = format!("{inside}<nextToken>{token}</nextToken></{name}").into();
            return Reply { body, ..reply };
        }
        let more = ["ContinuationToken", "Marker", "NextContinuationToken", "NextMarker"];
        let more = more.map(|name| format!("<{name}>{token}</{name}>")).concat();
        let split = body.rsplit_once("Result>").and_then(|(before, after)| Some((before.rsplit_once("</")?, after)));
        match split {
            Some(((inside, name), after)) => format!("{inside}{more}</{name}Result>{after}"),
            None => body,
        }
    };
    Reply { body: body.into(), ..reply }
}

/// A body that continues with blanks forever.
#[derive(Debug)]
pub(crate) struct Flood {
    first: Option<Bytes>,
}

impl Flood {
    /// A body with these bytes, followed by blanks.
    pub(crate) fn after(first: Bytes) -> Self {
        Self { first: Some(first) }
    }
}

impl Body for Flood {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        const BLANKS: &[u8] = &[b' '; 64 * 1024];
        let frame = self.first.take().filter(|first| !first.is_empty()).unwrap_or(Bytes::from_static(BLANKS));
        Poll::Ready(Some(Ok(Frame::data(frame))))
    }
}
