//! The logs of a load balancer.

use clap::ValueEnum;

/// One of the logs of an Application Load Balancer.
///
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html>
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, ValueEnum)]
pub enum LogType {
    /// Requests.
    #[value(help = "Requests")]
    Access,
    /// Connections.
    #[value(help = "Connections")]
    Connection,
    /// Health checks of targets.
    #[value(help = "Health checks of targets")]
    HealthCheck,
}

impl LogType {
    /// All log types.
    pub const ALL: [Self; 3] = [Self::Access, Self::Connection, Self::HealthCheck];

    /// The value on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Connection => "connection",
            Self::HealthCheck => "health-check",
        }
    }

    /// A description of the log's contents, as a line in a list of choices.
    pub fn offer(self) -> &'static str {
        match self {
            Self::Access => "each request",
            Self::Connection => "each connection, with its TLS details",
            Self::HealthCheck => "each health check of a target",
        }
    }

    /// Returns the start of this log's load balancer attributes. `.enabled`, `.bucket` and `.prefix` follow.
    pub fn attribute_stem(self) -> &'static str {
        match self {
            Self::Access => "access_logs.s3",
            Self::Connection => "connection_logs.s3",
            Self::HealthCheck => "health_check_logs.s3",
        }
    }

    /// Returns the name of the file that Elastic Load Balancing writes when the log is turned on.
    ///
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html>,
    /// `enable-connection-logging.html` and `enable-health-check-logging.html`, step 4.
    pub fn test_file(self) -> &'static str {
        match self {
            Self::Access => "ELBAccessLogTestFile",
            Self::Connection => "ELBConnectionLogTestFile",
            Self::HealthCheck => "ELBHealthCheckLogTestFile",
        }
    }
}
