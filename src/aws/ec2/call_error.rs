//! A refusal by EC2.

use std::fmt;

use aws_sdk_s3::error::{ErrorMetadata, ProvideErrorMetadata};

use super::decode::{XmlElement, each, parse, text};

/// AWS's code, message and request ID.
#[derive(Debug)]
pub(in crate::aws) struct CallError(ErrorMetadata);

impl CallError {
    /// Reads the body of a refusal:
    /// `<Response><Errors><Error><Code>..</Code><Message>..</Message></Error></Errors><RequestID>..</RequestID></Response>`
    /// (<https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-error-codes.html>). A body of another form has no code.
    pub(super) fn read(body: &str) -> Self {
        let mut meta = ErrorMetadata::builder();
        let read = parse(body, |root: &mut XmlElement<'_, '_>| {
            each(root, |name, element| match name {
                "Errors" => each(element, |_, error| {
                    each(error, |name, element| {
                        let value = text(element)?;
                        meta = match name {
                            "Code" => std::mem::take(&mut meta).code(value),
                            "Message" => std::mem::take(&mut meta).message(value),
                            _ => std::mem::take(&mut meta),
                        };
                        Ok(())
                    })
                }),
                _ => Ok(()),
            })
        });
        match read {
            Ok(()) => Self(meta.build()),
            Err(_) => Self(ErrorMetadata::builder().build()),
        }
    }

    /// An answer that could not be read.
    pub(super) fn unreadable(why: impl fmt::Display) -> Self {
        Self(ErrorMetadata::builder().message(why.to_string()).build())
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for CallError {}

impl ProvideErrorMetadata for CallError {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_message_of_a_refusal_are_read() {
        let body = "<?xml version=\"1.0\"?><Response><Errors><Error><Code>InvalidVpcID.NotFound</Code>\
                    <Message>The vpc ID 'vpc-1' does not exist</Message></Error></Errors><RequestID>r</RequestID></Response>";
        let error = CallError::read(body);
        assert_eq!(error.code(), Some("InvalidVpcID.NotFound"));
        assert_eq!(error.message(), Some("The vpc ID 'vpc-1' does not exist"));
        assert_eq!(CallError::read("<html>").code(), None);
        assert_eq!(CallError::read("").code(), None);
    }
}
