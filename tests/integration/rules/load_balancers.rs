//! Load balancers of another type, of a controller, or with a refused destination.

use sandbox::{Effect, Fault, LoadBalancerSeed, When};

use crate::account::Account;
use crate::tables::each_case;

#[test]
fn a_classic_load_balancer_is_called_that_in_messages() {
    let account = Account::seeded();
    let arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/old-web";
    let cases = [
        format!("init alb --source {arn} --bucket demo-logs --yes"),
        format!("init nlb --source {arn} --bucket demo-logs --yes"),
        format!("check alb --source {arn}"),
    ];
    each_case(cases, |words| {
        account.run(&words).ends(2).says("is a Classic Load Balancer, but `");
    });
}

#[test]
fn a_load_balancer_of_another_type_is_a_usage_error_for_every_command() {
    let account = Account::seeded();
    let cases = [
        "init nlb --source web --bucket demo-logs --yes",
        "init nlb --source web --bucket demo-logs --dry-run",
        "init alb --source edge --bucket demo-logs --yes",
        "init alb --source edge --source web --bucket demo-logs --yes",
        "check nlb --source web",
        "check alb --source edge",
    ];
    each_case(cases, |words| {
        account.run(words).ends(2).says(" Load Balancer, but `");
        assert!(account.writes().is_empty(), "{words}");
        if words.starts_with("init") && words.ends_with("--yes") {
            let document = account.run(&format!("{words} --output json")).ends(2).json();
            assert_eq!(document["verdict"], "other-type", "{words}: {document:#}");
        }
    });
}

#[test]
fn a_load_balancer_from_a_kubernetes_controller_is_configured_in_its_manifest() {
    let account = Account::seeded();
    let put = |seed: LoadBalancerSeed| account.wait(account.sandbox.put_load_balancer(seed));
    put(LoadBalancerSeed::application("k8s-shop")
        .tagged("elbv2.k8s.aws/cluster", "prod")
        .tagged("ingress.k8s.aws/stack", "shop/web"));
    put(LoadBalancerSeed::network("k8s-edge", "TLS").tagged("service.k8s.aws/stack", "shop/edge"));
    put(LoadBalancerSeed::application("auto").tagged("eks:eks-cluster-name", "prod"));
    put(LoadBalancerSeed::application("express").tagged("AmazonECSManaged", "true"));
    account
        .run("init alb --source k8s-shop --bucket demo-logs --prefix alb --dry-run")
        .ends(0)
        .says("`k8s-shop` is created from `shop/web` by a load balancer controller of the cluster `prod`")
        .says("alb.ingress.kubernetes.io/load-balancer-attributes")
        .says("access_logs.s3.bucket=demo-logs,access_logs.s3.enabled=true,access_logs.s3.prefix=alb");
    account
        .run("init nlb --source k8s-edge --bucket demo-logs --dry-run")
        .says("service.beta.kubernetes.io/aws-load-balancer-attributes");
    account.run("init alb --source auto --bucket demo-logs --dry-run").ends(0).says("of the cluster `prod`");
    account.run("init alb --source express --bucket demo-logs --dry-run").ends(0).says("is managed by Amazon ECS");
    account.run("init alb --source web --bucket demo-logs --dry-run").ends(0).omits("load balancer controller");
    let found = account.run("init alb --source k8s-shop --bucket demo-logs --dry-run --output json").ends(0).json();
    let findings = found["plan"]["findings"].as_array().unwrap();
    assert!(findings.iter().any(|finding| finding["template"]["tool"] == "kubernetes"), "{findings:#?}");
}

#[test]
fn a_refused_destination_is_recognized_by_its_other_error_codes() {
    let message = "Access Denied for bucket: old-alb-logs. Please check S3bucket permission";
    each_case(["InvalidConfigurationRequest", "ValidationError", "InvalidConfigurationRequestException"], |code| {
        let account = Account::seeded();
        account.run("init alb --source legacy-web --bucket demo-logs --fix --yes").ends(0);
        let effect = Effect::status(400, code, message);
        account.sandbox.inject(Fault { when: When::Operation("ModifyLoadBalancerAttributes".to_owned()), effect });
        account.run("undo latest --yes").says("before the run, the log went to a bucket that AWS can't write to");
    });
}
