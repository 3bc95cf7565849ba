#!/bin/sh
# The steps of `logbucket init alb --source NAME --bucket BUCKET --yes` with the AWS CLI: it reads the current state, creates a
# bucket, writes, reads and removes a test object, turns the log on, and waits for the service's own test file.
#
#     bench/init_alb.sh NAME BUCKET
set -eu
source=$1 bucket=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

account=$(aws sts get-caller-identity --query Account --output text)
arn=$(aws elbv2 describe-load-balancers --names "$source" --query 'LoadBalancers[0].LoadBalancerArn' --output text)
on=$(aws elbv2 describe-load-balancer-attributes --load-balancer-arn "$arn" \
    --query "Attributes[?Key=='access_logs.s3.enabled'].Value" --output text)
[ "$on" = false ] || { echo "the access log of $source is already on" >&2; exit 1; }
if aws s3api head-bucket --bucket "$bucket" 2>/dev/null; then
    echo "$bucket already exists" >&2
    exit 1
fi

aws s3api create-bucket --bucket "$bucket" --object-ownership BucketOwnerEnforced >/dev/null
aws s3api put-bucket-tagging --bucket "$bucket" --expected-bucket-owner "$account" \
    --tagging 'TagSet=[{Key=logbucket,Value=destination}]'
aws s3api put-public-access-block --bucket "$bucket" --expected-bucket-owner "$account" --public-access-block-configuration \
    BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
aws s3api put-bucket-encryption --bucket "$bucket" --expected-bucket-owner "$account" \
    --server-side-encryption-configuration '{ "Rules": [{
        "ApplyServerSideEncryptionByDefault": { "SSEAlgorithm": "AES256" },
        "BlockedEncryptionTypes": { "EncryptionType": ["SSE-C"] }
    }] }'
aws s3api put-bucket-policy --bucket "$bucket" --expected-bucket-owner "$account" --policy '{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": { "Service": "logdelivery.elasticloadbalancing.amazonaws.com" },
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::'"$bucket"'/AWSLogs/'"$account"'/*"
        },
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": ["arn:aws:s3:::'"$bucket"'", "arn:aws:s3:::'"$bucket"'/*"],
            "Condition": { "Bool": { "aws:SecureTransport": "false" } }
        }
    ]
}'

echo test >"$scratch/test"
aws s3api put-object --bucket "$bucket" --key test-object --body "$scratch/test" >/dev/null
aws s3api get-object --bucket "$bucket" --key test-object "$scratch/read" >/dev/null
cmp "$scratch/test" "$scratch/read"
aws s3api delete-object --bucket "$bucket" --key test-object

aws elbv2 modify-load-balancer-attributes --load-balancer-arn "$arn" \
    --attributes Key=access_logs.s3.enabled,Value=true Key=access_logs.s3.bucket,Value="$bucket" >/dev/null
until aws s3api get-object --bucket "$bucket" --key "AWSLogs/$account/ELBAccessLogTestFile" "$scratch/proof" >/dev/null 2>&1; do
    sleep 1
done
echo "s3://$bucket/AWSLogs/$account/ELBAccessLogTestFile"
