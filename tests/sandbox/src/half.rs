//! A body whose second half never arrives.
//!
//! The full length is announced, so a client can't mistake the half for the whole.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

#[derive(Debug)]
pub(crate) struct Half {
    first: Option<Bytes>,
    whole: u64,
}

impl Half {
    /// The first half of these bytes.
    pub(crate) fn of(whole: &Bytes) -> Self {
        Self { first: Some(whole.slice(..whole.len() / 2)), whole: whole.len() as u64 }
    }
}

/// The error that closes a connection early.
#[derive(Debug)]
pub(crate) struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the sandbox breaks the connection")
    }
}

impl std::error::Error for Broken {}

impl Body for Half {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        Poll::Ready(Some(self.first.take().map(Frame::data).ok_or(Broken)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.whole)
    }
}
