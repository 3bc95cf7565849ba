//! Which services can be asked to log, and the choices that only one of them has.
//!
//! What each of them needs stands in the module [`crate::producer`], one file each.

use std::fmt;

/// A service that delivers logs to a bucket.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Producer {
    /// An Application Load Balancer's access, connection and health check logs.
    Alb,
    /// A Network Load Balancer's access logs.
    Nlb,
    /// A bucket's server access logs.
    S3Access,
    /// A bucket's S3 Inventory reports.
    Inventory,
}

impl Producer {
    /// All of them, in the order of help and tables.
    pub const ALL: [Self; 4] = [Self::Alb, Self::Nlb, Self::S3Access, Self::Inventory];

    /// The word on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alb => "alb",
            Self::Nlb => "nlb",
            Self::S3Access => "s3-access",
            Self::Inventory => "inventory",
        }
    }

    /// What it is called in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Alb => "ALB logs",
            Self::Nlb => "NLB access logs",
            Self::S3Access => "S3 server access logs",
            Self::Inventory => "S3 Inventory",
        }
    }
}

impl fmt::Display for Producer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
