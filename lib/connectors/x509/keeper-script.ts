/**
 * What the instructions put beside the authority: it takes orders from a folder and carries them out with `openssl ca`, as the user who
 * keeps the authority. Bailiwick never sees the authority's key. A new certificate has the subject and the extensions of one that is
 * valid, whatever the request asks for.
 */
export const keeperScript = String.raw`#!/bin/sh
# bailiwick-ca FOLDER CONFIG BOX: carries out the orders in BOX/orders, answers in BOX/answers. Runs as the owner of the authority.
# FOLDER holds index.txt, newcerts and crl.pem; CONFIG is what "openssl ca -config" is given.
set -u
umask 022
folder=$1 config=$2 box=$3
# What this authority takes. Strike what it shall not.
may='issue hold release revoke'
index=$folder/index.txt
exec 9>>"$folder/.bailiwick.lock" && flock 9 || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

refuse() { echo "refused $*"; exit 0; }
ca() { openssl ca -config "$config" -batch "$@" >"$work/said" 2>&1 || refuse "openssl ca: $(tail -n 2 "$work/said" | tr '\n' ' ')"; }
publish() { ca -gencrl -out "$folder/crl.pem.new"; mv -f "$folder/crl.pem.new" "$folder/crl.pem"; }
# Sets state and reason of one row that is revoked: openssl ca has no way back, and no second reason.
mark() {
  cp -p "$index" "$index.new" && awk -F '\t' -v OFS='\t' -v serial="$serial" -v state="$1" -v reason="$2" '
    $4 == serial { $1 = state; if (state == "V") $3 = ""; else sub(/,.*/, "," reason, $3) } { print }
  ' "$index" >"$index.new" && mv -f "$index.new" "$index" || refuse 'the index cannot be written'
}
# The extensions of a certificate, byte by byte, as a section for openssl ca.
extensions() {
  openssl asn1parse -in "$1" | awk '
    BEGIN {
      short["X509v3 Subject Alternative Name"] = "subjectAltName"; short["X509v3 Key Usage"] = "keyUsage"
      short["X509v3 Extended Key Usage"] = "extendedKeyUsage"; short["X509v3 Basic Constraints"] = "basicConstraints"
      short["X509v3 CRL Distribution Points"] = "crlDistributionPoints"
      short["X509v3 Certificate Policies"] = "certificatePolicies"; short["Authority Information Access"] = "authorityInfoAccess"
      made["X509v3 Subject Key Identifier"]; made["X509v3 Authority Key Identifier"]
      made["Netscape Comment"]; made["Netscape Cert Type"]; made["CT Precertificate SCTs"]
      print "[copied]\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid"
    }
    /prim: OBJECT/ { name = $0; sub(/.*prim: OBJECT *:/, "", name); critical = "" }
    /prim: BOOLEAN/ { critical = /:0$/ ? "" : "critical," }
    /\[HEX DUMP\]:/ {
      value = $0; sub(/.*\[HEX DUMP\]:/, "", value)
      if (name in made) next
      if (name == "X509v3 Basic Constraints" && value != "3000") bad = "it is the certificate of an authority"
      if (name in short) name = short[name]; else if (name !~ /^[0-9.]+$/) bad = "it holds " name
      print name "=" critical "DER:" value
    }
    END { if (bad) { print bad > "/dev/stderr"; exit 1 } }
  ' >"$work/extensions" 2>"$work/said" || refuse "nothing is issued like this: $(head -n 1 "$work/said")"
}
subject() { openssl "$@" -noout -subject -nameopt RFC2253 2>"$work/said" || refuse 'it cannot be read'; }

carry() {
  read -r verb serial detail _ <"$work/order" || true
  [ "$verb" = status ] && { echo "done 1 $may"; exit 0; }
  case " $may " in *" $verb "*) ;; *) refuse 'this authority takes no such order' ;; esac
  case $serial in '' | *[!0-9A-F]*) refuse 'that is no serial' ;; esac
  cert=$folder/newcerts/$serial.pem
  row=$(awk -F '\t' -v serial="$serial" '$4 == serial { print $1 $3; exit }' "$index")
  [ -n "$row" ] && [ -f "$cert" ] || refuse 'there is no such certificate'
  case $verb:$row in
    hold:V*) ca -revoke "$cert" -crl_reason certificateHold; publish; echo done ;;
    hold:R*) publish; echo already ;;
    release:R*,certificateHold) mark V ''; publish; echo done ;;
    release:V*) publish; echo already ;;
    release:R*) refuse 'it was revoked for good' ;;
    revoke:*)
      case $detail in unspecified | keyCompromise | superseded | cessationOfOperation | privilegeWithdrawn) ;; *) refuse 'that is no reason' ;; esac
      case $row in
        V*) ca -revoke "$cert" -crl_reason "$detail"; publish; echo done ;;
        R*,certificateHold) mark R "$detail"; publish; echo done ;;
        R*) publish; echo already ;;
        *) refuse 'it has expired' ;;
      esac ;;
    issue:V*)
      sed 1d "$work/order" >"$work/request"
      openssl req -in "$work/request" -noout >"$work/said" 2>&1 || refuse 'that is no request'
      [ "$(subject x509 -in "$cert")" = "$(subject req -in "$work/request")" ] || refuse 'the request is for another subject'
      openssl asn1parse -in "$work/request" | grep -q 'd=2 .* l= *0 cons: cont \[ 0 \]' || refuse 'the request asks for more'
      extensions "$cert"
      case $detail in -) set -- ;; *[!0-9Z]*) refuse 'that is no end' ;; *) set -- -enddate "$detail" ;; esac
      ca -notext -preserveDN -in "$work/request" -out "$work/new" -extfile "$work/extensions" -extensions copied "$@"
      echo "done $(openssl x509 -in "$work/new" -noout -serial | sed 's/^serial=//')" ;;
    *) refuse 'the certificate to replace is not valid' ;;
  esac
}

for order in "$box"/orders/*.order; do
  name=$(basename "$order" .order)
  case $name in *[!0-9a-f]*) rm -f "$order" ;; esac
  [ -L "$order" ] && rm -f "$order"
  [ -f "$order" ] || continue
  head -c 65536 "$order" >"$work/order" && rm -f "$order" || continue
  (carry) 2>>"$work/errors" >"$work/answer"
  [ -s "$work/answer" ] || echo 'refused it failed' >"$work/answer"
  cp "$work/answer" "$box/answers/.$name" && mv "$box/answers/.$name" "$box/answers/$name.answer"
done
find "$box/answers" -name '*.answer' -mmin +60 -delete`
