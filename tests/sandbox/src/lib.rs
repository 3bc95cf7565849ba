//! A simulated AWS for logbucket's tests and for trying the tool. Never shipped.
//!
//! The `winterbaume` services simulate S3, load balancers, KMS, STS and a little of IAM, EC2, `CloudTrail`, `CloudWatch`
//! Logs and Account Management. A layer in front adds what they lack, above all how log services use a destination. The
//! README lists what is simulated and what is not.

pub mod account;
pub mod acm;
pub mod arrange;
pub mod caller;
pub mod common;
pub mod company;
pub mod config;
pub mod crowd;
pub mod delivery;
pub mod dispatch;
pub mod ec2;
pub mod elb;
mod endless;
pub mod fault;
mod half;
pub mod iam;
pub mod in_process;
pub mod kms;
pub mod lag;
pub mod logs;
pub mod management;
pub mod policy;
pub mod query;
pub mod record;
pub mod region;
pub mod s3;
pub mod sandbox;
pub mod seed;
pub mod server;
pub mod services;
mod struck;
pub mod sts;
pub mod token;
pub mod trail;
pub mod view;
pub mod wire;
pub mod world;
pub mod xml;

pub use arrange::{BucketSeed, KeySeed, LoadBalancerSeed};
pub use common::Common;
pub use company::{Ca, Passed, Proxy, TlsServer};
pub use crowd::{Crowd, Logs};
pub use delivery::Arrival;
pub use ec2::arrange::{FlowLogSeed, NetworkSeed};
pub use ec2::flow_log::{FlowLog, Status};
pub use ec2::grant::PolicyChange;
pub use ec2::network::{Kind, Network};
pub use fault::{Effect, Fault, When};
pub use lag::Behind;
pub use logs::DeliverySeed;
pub use record::Recorded;
pub use s3::bucket::{Encryption, Object};
pub use sandbox::Sandbox;
pub use server::Served;
pub use trail::event::{About, Event};
pub use view::{BucketView, KeyView, LoggingView};
