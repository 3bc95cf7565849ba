//! How often a Classic Load Balancer publishes its access log.

use clap::ValueEnum;

/// AWS accepts 5 or 60 minutes; the default is 60
/// (<https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_AccessLog.html>).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, ValueEnum)]
pub enum EmitInterval {
    #[value(name = "5", help = "Every 5 minutes")]
    Five,
    #[value(name = "60", help = "Every 60 minutes")]
    Sixty,
}

impl EmitInterval {
    /// Returns the value on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Five => "5",
            Self::Sixty => "60",
        }
    }

    pub(super) fn minutes(self) -> u32 {
        match self {
            Self::Five => 5,
            Self::Sixty => 60,
        }
    }
}
