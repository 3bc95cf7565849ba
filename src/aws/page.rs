//! Web pages in the place of answers: what a proxy or a sign-in portal sends would else be taken for a success, since most
//! writes are answered by nothing that has to be read.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;

/// The headers in which AWS names a request; with one of them a page is an object's content.
const OF_AWS: [&str; 2] = ["x-amz-request-id", "x-amzn-requestid"];

/// A page that came in the place of an answer.
#[derive(Debug, thiserror::Error)]
#[error("a web page came in the place of AWS's answer (HTTP {0}): a proxy or a sign-in page stands in between")]
pub(super) struct Page(u16);

impl Page {
    /// The page that an answer is: HTML, and AWS names no request in it. AWS's own failures are XML or JSON, and name one.
    pub(super) fn of(answer: &HttpResponse) -> Option<Self> {
        let headers = answer.headers();
        let of_aws = OF_AWS.iter().any(|name| headers.contains_key(*name));
        let page = headers.get("content-type").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"));
        (page && !of_aws).then(|| Self(answer.status().as_u16()))
    }

    /// The status, as a code.
    pub(super) fn code(&self) -> String {
        format!("HTTP {}", self.0)
    }
}

/// The answer, unless it is a success that AWS never told.
pub(super) fn unless_page(answer: HttpResponse) -> Result<HttpResponse, ConnectorError> {
    match Page::of(&answer).filter(|_| answer.status().is_success()) {
        Some(page) => Err(ConnectorError::other(page.into(), None)),
        None => Ok(answer),
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn passes(status: u16, headers: &[(&'static str, &'static str)]) -> bool {
        let mut answer = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
        for (name, value) in headers {
            answer.headers_mut().insert(*name, *value);
        }
        unless_page(answer).is_ok()
    }

    #[test]
    fn a_page_is_an_answer_only_where_aws_names_the_request() {
        let page = ("content-type", "Text/HTML; charset=utf-8");
        assert!(!passes(200, &[page]));
        assert!(passes(200, &[page, ("x-amz-request-id", "A")]), "an object may be a page");
        assert!(passes(200, &[("content-type", "application/xml")]) && passes(204, &[]));
        assert!(passes(503, &[page]), "a failure is told as one, and tried again");
    }
}
