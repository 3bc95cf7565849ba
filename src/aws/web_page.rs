//! Recognizes web pages in place of AWS responses. A page from a proxy or a sign-in portal would otherwise count as a
//! success, because the responses to most writes are not parsed.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;

/// The headers in which AWS names a request; a page with one of them is the content of an object.
const OF_AWS: [&str; 2] = ["x-amz-request-id", "x-amzn-requestid"];

/// A web page in place of a response.
#[derive(Debug, thiserror::Error)]
#[error("a web page came in place of AWS's response (HTTP {0}), from a proxy or a sign-in page")]
pub(super) struct WebPage(u16);

impl WebPage {
    /// Returns the page if a response is HTML without a request id. AWS's own failures are XML or JSON, with an id.
    pub(super) fn from_response(answer: &HttpResponse) -> Option<Self> {
        let headers = answer.headers();
        let of_aws = OF_AWS.iter().any(|name| headers.contains_key(*name));
        let page = headers.get("content-type").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"));
        (page && !of_aws).then(|| Self(answer.status().as_u16()))
    }

    /// Returns the status as a code.
    pub(super) fn code(&self) -> String {
        format!("HTTP {}", self.0)
    }
}

/// Rejects a success that did not come from AWS.
pub(super) fn unless_page(answer: HttpResponse) -> Result<HttpResponse, ConnectorError> {
    match WebPage::from_response(&answer).filter(|_| answer.status().is_success()) {
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
    fn a_page_is_a_response_only_if_aws_names_the_request() {
        let page = ("content-type", "Text/HTML; charset=utf-8");
        assert!(!passes(200, &[page]));
        assert!(passes(200, &[page, ("x-amz-request-id", "A")]), "an object may be a page");
        assert!(passes(200, &[("content-type", "application/xml")]) && passes(204, &[]));
        assert!(passes(503, &[page]), "a failure is reported as one, and retried");
    }
}
