#!/bin/bash
# @openid-federation/core 0.2.1 (npm) refuses who registers more than the federation's superset_of asks for.
#
# A trust anchor's metadata policy may say of a list what it has to contain. "If the metadata parameter is present, its values
# MUST contain those specified in the operator value" (OpenID Federation 1.0 §6.1.3.1.6). The package refuses every value
# beyond those. With the policy for RPs in the specification's own example (§6.1.5), an RP that also registers
# refresh_token, as subset_of there lets it, is refused. An absent parameter, too, is none of subset_of's business (table in
# §6.1.3.1.8), and scope, a string with spaces, counts as a list for every operator (same section); both end in an error.
# resolveTrustChains leaves such a chain out without a word.
#
# Seen with Node 20:
#   authorization_code: resolved, authorization_code
#   authorization_code and refresh_token: refused, The target does not contain all the values from the policy superset
#   no contacts, contacts subset_of: refused, Cannot apply subset_of policy because the target is not an array
#   scope "openid email", scope subset_of: refused, Cannot apply subset_of policy because the target is not an array
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$dir/cache" --prefix "$dir" @openid-federation/core@0.2.1 zod@3.25.76
cat > "$dir/see.mjs" <<'JS'
import { applyMetadataPolicyToMetadata, combineMetadataPolicies } from "@openid-federation/core";

const type = "openid_relying_party";
const grants = {
  default: ["authorization_code"],
  subset_of: ["authorization_code", "refresh_token"],
  superset_of: ["authorization_code"],
};

function see(name, parameter, metadata, operators) {
  const { mergedPolicy } = combineMetadataPolicies({ statements: [{ metadata_policy: { [type]: { [parameter]: operators } } }] });
  try {
    const resolved = applyMetadataPolicyToMetadata({ leafMetadata: { [type]: metadata }, policyMetadata: mergedPolicy });
    console.log(`${name}: resolved, ${resolved.resolvedLeafMetadata[type][parameter]}`);
  } catch (error) {
    console.log(`${name}: refused, ${error.message}`);
  }
}

see("authorization_code", "grant_types", { grant_types: ["authorization_code"] }, grants);
see("authorization_code and refresh_token", "grant_types", { grant_types: ["authorization_code", "refresh_token"] }, grants);
see("no contacts, contacts subset_of", "contacts", {}, { subset_of: ["helpdesk@rp.example"] });
see('scope "openid email", scope subset_of', "scope", { scope: "openid email" }, { subset_of: ["openid", "email", "profile"] });
JS
seen=$(node "$dir/see.mjs")
printf '%s\n' "$seen"
[ "$seen" = 'authorization_code: resolved, authorization_code
authorization_code and refresh_token: refused, The target does not contain all the values from the policy superset
no contacts, contacts subset_of: refused, Cannot apply subset_of policy because the target is not an array
scope "openid email", scope subset_of: refused, Cannot apply subset_of policy because the target is not an array' ]
