//! Rare rules for buckets and sources, each reported before it causes harm.

mod bucket_names;
mod buckets;
mod keys;
mod load_balancers;
mod loops;
mod prefixes;
mod quotas;
mod setup;
mod tags;
