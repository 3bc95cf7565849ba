//! A company's network: proxies, private CAs, and AWS's endpoint variants, as in the AWS CLI.

mod certificates;
mod company;
mod endpoints;
mod proxies;
