//! The query protocol of load balancers, STS, IAM and EC2: XML in one namespace per service. EC2 has its own envelopes.
//!
//! This module has only the envelopes. The request ID is added when the answer leaves the sandbox.

use crate::wire::Reply;
use crate::xml::escape;

fn namespace(service: &str) -> &'static str {
    match service {
        "ec2" => " xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"",
        "elasticloadbalancing" => " xmlns=\"http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/\"",
        "iam" => " xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"",
        "sts" => " xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"",
        _ => "",
    }
}

/// Returns an answer with this XML as its result.
#[must_use]
pub fn answered(service: &str, operation: &str, inside: &str) -> Reply {
    let namespace = namespace(service);
    if service == "ec2" {
        let body =
            format!("<{operation}Response{namespace}><requestId>SANDBOX</requestId>{inside}</{operation}Response>");
        return Reply::xml(200, body);
    }
    Reply::xml(
        200,
        format!(
            "<{operation}Response{namespace}><{operation}Result>{inside}</{operation}Result><ResponseMetadata><RequestId>SANDBOX</RequestId></ResponseMetadata></{operation}Response>"
        ),
    )
}

/// Returns an error. EC2's form is in "Example error response" of "Error codes for the Amazon EC2 API".
#[must_use]
pub fn refused(service: &str, status: u16, code: &str, message: &str) -> Reply {
    let (namespace, code, message) = (namespace(service), escape(code), escape(message));
    if service == "ec2" {
        return Reply::xml(
            status,
            format!(
                "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>SANDBOX</RequestID></Response>"
            ),
        );
    }
    Reply::xml(
        status,
        format!(
            "<ErrorResponse{namespace}><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>SANDBOX</RequestId></ErrorResponse>"
        ),
    )
}
