//! Asks IAM in advance which calls the caller is allowed to make.

use std::collections::BTreeMap;

use aws_sdk_iam::Client;
use aws_sdk_iam::types::{EvaluationResult, PolicyEvaluationDecisionType};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::plan::preflight::{Limit, NeededPermission, PermissionAnswer, SimulatedPrincipal};
use crate::state::Identity;

use super::error::{AwsError, ErrorCause};
use super::listing::{Listing, Next};
use super::session::Session;

const SIMULATE: &str = "iam:SimulatePrincipalPolicy";

/// The most resources per call, so that the answers fit one page.
const AT_ONCE: usize = 20;

/// The most pages of 1,000 answers; a call simulates only a few dozen actions.
const PAGES: usize = 10;

/// The number of calls in flight.
const TOGETHER: usize = 4;

/// The result of a simulation.
#[derive(Debug)]
pub enum Simulation {
    Answered(Vec<(NeededPermission, PermissionAnswer)>),
    /// IAM was not asked, or gave no answer.
    Unanswered(String),
}

impl Session {
    /// Simulates the caller's policies for these needs.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>
    pub async fn simulate(&self, caller: &Identity, needs: Vec<NeededPermission>) -> Simulation {
        let client = self.iam(caller.partition);
        let (mut arn, role) = match SimulatedPrincipal::for_caller(caller) {
            SimulatedPrincipal::Nobody(why) => return Simulation::Unanswered(why.to_owned()),
            SimulatedPrincipal::User(arn) => (arn, None),
            SimulatedPrincipal::Role(name) => {
                (format!("arn:{}:iam::{}:role/{name}", caller.partition, caller.account), Some(name))
            }
        };
        let answered = match (asked(&client, &arn, &needs).await, role) {
            // A session's ARN lacks the path of its role.
            (Err(error), Some(name)) if error.is("NoSuchEntity") || error.is("NoSuchEntityException") => {
                match path_of(&client, &name).await {
                    Ok(path) => {
                        arn = path;
                        asked(&client, &arn, &needs).await
                    }
                    Err(error) => Err(error),
                }
            }
            (answered, _) => answered,
        };
        match answered {
            // Actions of different kinds can't always be simulated together: "require different authorization
            // information".
            Err(error) if error.is("InvalidInput") || error.is("InvalidInputException") => {
                one_by_one(&client, &arn, needs).await
            }
            Ok(answers) => Simulation::Answered(needs.into_iter().zip(answers).collect()),
            Err(error) if error.cause == ErrorCause::AccessDenied => {
                Simulation::Unanswered(format!("`{}` is not allowed", error.action))
            }
            Err(error) => Simulation::Unanswered(error.to_string()),
        }
    }
}

/// Simulates each action separately. If a simulation fails, the answer is unknown.
async fn one_by_one(client: &Client, arn: &str, needs: Vec<NeededPermission>) -> Simulation {
    let mut by_action: BTreeMap<String, Vec<NeededPermission>> = BTreeMap::new();
    for need in needs {
        by_action.entry(need.0.clone()).or_default().push(need);
    }
    let asks = by_action.into_values().map(|needs| async move { (asked(client, arn, &needs).await, needs) });
    let asks: Vec<_> = asks.collect();
    let all: Vec<_> = stream::iter(asks).buffered(TOGETHER).collect().await;
    let answers = all.into_iter().flat_map(|(answers, needs)| {
        let answers = answers.unwrap_or_else(|_| needs.iter().map(|_| PermissionAnswer::Depends(Vec::new())).collect());
        needs.into_iter().zip(answers)
    });
    Simulation::Answered(answers.collect())
}

/// Returns the ARN of a role, including its path.
async fn path_of(client: &Client, name: &str) -> Result<String, AwsError> {
    let answer = client.get_role().role_name(name).send().await;
    let answer = answer.map_err(|error| AwsError::new("iam:GetRole", name, &error))?;
    Ok(answer.role.map(|role| role.arn).unwrap_or_default())
}

/// Returns the answers in the order of the needs. If an answer covers several resources together, asks again about the
/// single resource.
async fn asked(client: &Client, arn: &str, needs: &[NeededPermission]) -> Result<Vec<PermissionAnswer>, AwsError> {
    let results = results(client, arn, needs).await?;
    let answers = needs.iter().map(|need| {
        let first = answer_for(need, &results);
        async move {
            if first.alone {
                return Ok(first.answer);
            }
            let alone = self::results(client, arn, std::slice::from_ref(need)).await?;
            Ok(answer_for(need, &alone).answer)
        }
    });
    let answers: Vec<_> = answers.collect();
    stream::iter(answers).buffered(TOGETHER).try_collect().await
}

/// Returns IAM's answers about the needs. Every action is simulated on every resource.
async fn results(client: &Client, arn: &str, needs: &[NeededPermission]) -> Result<Vec<EvaluationResult>, AwsError> {
    let mut resources: Vec<&String> = needs.iter().map(|(_, resource)| resource).collect();
    resources.sort_unstable();
    resources.dedup();
    let mut results = Vec::new();
    for resources in resources.chunks(AT_ONCE) {
        let mut actions: Vec<&String> =
            needs.iter().filter(|need| resources.contains(&&need.1)).map(|need| &need.0).collect();
        actions.sort_unstable();
        actions.dedup();
        let request = client
            .simulate_principal_policy()
            .policy_source_arn(arn)
            .set_action_names(Some(actions.into_iter().cloned().collect()))
            .set_resource_arns(Some(resources.iter().map(|resource| (*resource).clone()).collect()))
            .max_items(1000);
        let listing = Listing { action: SIMULATE, resource: arn, absent: &[], pages: PAGES };
        let ask = |marker| request.clone().set_marker(marker).send();
        let read = listing.read_or_fail(ask, |page| {
            results.extend(page.evaluation_results.unwrap_or_default());
            Next::by_flag(Some(page.is_truncated), page.marker)
        });
        read.await?;
    }
    Ok(results)
}

/// IAM's answer for a need, and whether the answer is about this need alone.
struct NeedAnswer {
    answer: PermissionAnswer,
    alone: bool,
}

/// Finds the answer for a need. A result about one resource is the answer. A result about several resources has a part
/// for each resource, but the organization's decision covers all of them together
/// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html>).
fn answer_for((action, resource): &NeededPermission, results: &[EvaluationResult]) -> NeedAnswer {
    let of_action = |result: &&EvaluationResult| result.eval_action_name().eq_ignore_ascii_case(action);
    for result in results.iter().filter(of_action) {
        let organization = result.organizations_decision_detail().is_none_or(|said| said.allowed_by_organizations);
        let parts = result.resource_specific_results();
        if let Some(part) = parts.iter().find(|part| part.eval_resource_name() == resource) {
            let boundary = part.permissions_boundary_decision_detail();
            let limits =
                Limits { organization, boundary: boundary.is_none_or(|said| said.allowed_by_permissions_boundary) };
            let answer = judged(part.eval_resource_decision(), part.missing_context_values(), limits);
            let alone = parts.len() == 1 || !matches!(answer, PermissionAnswer::Refused(Limit::ServiceControlPolicy));
            return NeedAnswer { answer, alone };
        }
        if parts.is_empty() && result.eval_resource_name().is_none_or(|name| name == resource) {
            let boundary = result.permissions_boundary_decision_detail();
            let limits =
                Limits { organization, boundary: boundary.is_none_or(|said| said.allowed_by_permissions_boundary) };
            return NeedAnswer {
                answer: judged(result.eval_decision(), result.missing_context_values(), limits),
                alone: true,
            };
        }
    }
    NeedAnswer { answer: PermissionAnswer::Depends(Vec::new()), alone: true }
}

/// Whether each limit on the caller allows the action.
#[derive(Clone, Copy)]
struct Limits {
    organization: bool,
    boundary: bool,
}

fn judged(decision: &PolicyEvaluationDecisionType, missing: &[String], limits: Limits) -> PermissionAnswer {
    if *decision == PolicyEvaluationDecisionType::Allowed {
        PermissionAnswer::Allowed
    } else if !missing.is_empty() {
        PermissionAnswer::Depends(missing.to_vec())
    } else if !limits.organization {
        PermissionAnswer::Refused(Limit::ServiceControlPolicy)
    } else if !limits.boundary {
        PermissionAnswer::Refused(Limit::PermissionsBoundary)
    } else if *decision == PolicyEvaluationDecisionType::ExplicitDeny {
        PermissionAnswer::Denied
    } else {
        PermissionAnswer::NotAllowed
    }
}
