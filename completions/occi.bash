# bash completion for occi. Generated from the command definitions: occi __docs. Do not edit.
# Use: eval "$(occi completion bash)", or copy it to ~/.local/share/bash-completion/completions/occi

# Sets $action, which says how the value of option $2 of command $1 is completed.
_occi_option_value() {
  action=
  case "$1:$2" in
    'compute list:'--mixin) action='query mixin' ;;
    'compute list:'--attribute) action='query attribute compute' ;;
    'compute list:'--where) action='query condition compute' ;;
    'compute describe:'--where) action='query condition compute' ;;
    'compute create:'--os) action='query mixin os_tpl' ;;
    'compute create:'--size) action='query mixin resource_tpl' ;;
    'compute create:'--ssh-key) action='file' ;;
    'compute create:'--user-data) action='file' ;;
    'compute create:'--network) action='query network' ;;
    'compute create:'--storage) action='query entity storage' ;;
    'compute create:'--mixin) action='query mixin' ;;
    'compute create:'--attribute) action='query attribute compute' ;;
    'compute create:'--any-of) action='query sites' ;;
    'compute create:'--wait) action='words active inactive suspended error waiting' ;;
    'compute update:'--os) action='query mixin os_tpl' ;;
    'compute update:'--size) action='query mixin resource_tpl' ;;
    'compute update:'--mixin) action='query mixin' ;;
    'compute update:'--attribute) action='query attribute compute' ;;
    'compute update:'--where) action='query condition compute' ;;
    'compute update:'--wait) action='words active inactive suspended error waiting' ;;
    'compute replace:'--os) action='query mixin os_tpl' ;;
    'compute replace:'--size) action='query mixin resource_tpl' ;;
    'compute replace:'--mixin) action='query mixin' ;;
    'compute replace:'--attribute) action='query attribute compute' ;;
    'compute replace:'--wait) action='words active inactive suspended error waiting' ;;
    'compute delete:'--where) action='query condition compute' ;;
    'compute start:'--attribute) action='query attribute compute' ;;
    'compute start:'--where) action='query condition compute' ;;
    'compute start:'--wait) action='words active inactive suspended error waiting' ;;
    'compute stop:'--method) action='words graceful acpioff poweroff' ;;
    'compute stop:'--attribute) action='query attribute compute' ;;
    'compute stop:'--where) action='query condition compute' ;;
    'compute stop:'--wait) action='words active inactive suspended error waiting' ;;
    'compute restart:'--method) action='words graceful warm cold' ;;
    'compute restart:'--attribute) action='query attribute compute' ;;
    'compute restart:'--where) action='query condition compute' ;;
    'compute restart:'--wait) action='words active inactive suspended error waiting' ;;
    'compute suspend:'--method) action='words hibernate suspend' ;;
    'compute suspend:'--attribute) action='query attribute compute' ;;
    'compute suspend:'--where) action='query condition compute' ;;
    'compute suspend:'--wait) action='words active inactive suspended error waiting' ;;
    'compute save:'--method) action='words hot deferred' ;;
    'compute save:'--attribute) action='query attribute compute' ;;
    'compute save:'--where) action='query condition compute' ;;
    'compute save:'--wait) action='words active inactive suspended error waiting' ;;
    'compute trigger:'--attribute) action='query attribute compute' ;;
    'compute trigger:'--where) action='query condition compute' ;;
    'compute trigger:'--wait) action='words active inactive suspended error waiting' ;;
    'compute link:'--kind) action='query kind' ;;
    'compute link:'--mixin) action='query mixin' ;;
    'compute link:'--attribute) action='query attribute link' ;;
    'compute link:'--wait) action='words active inactive error' ;;
    'compute wait:'--for) action='words active inactive suspended error waiting deleted exists ip port=22' ;;
    'compute wait:'--where) action='query condition compute' ;;
    'compute ip:'--where) action='query condition compute' ;;
    'compute ssh:'--identity|'compute ssh:'-i) action='file' ;;
    'network list:'--mixin) action='query mixin' ;;
    'network list:'--attribute) action='query attribute network' ;;
    'network list:'--where) action='query condition network' ;;
    'network describe:'--where) action='query condition network' ;;
    'network create:'--allocation) action='words dynamic static' ;;
    'network create:'--mixin) action='query mixin' ;;
    'network create:'--attribute) action='query attribute network' ;;
    'network create:'--any-of) action='query sites' ;;
    'network create:'--wait) action='words active inactive error' ;;
    'network update:'--mixin) action='query mixin' ;;
    'network update:'--attribute) action='query attribute network' ;;
    'network update:'--where) action='query condition network' ;;
    'network update:'--wait) action='words active inactive error' ;;
    'network replace:'--mixin) action='query mixin' ;;
    'network replace:'--attribute) action='query attribute network' ;;
    'network replace:'--wait) action='words active inactive error' ;;
    'network delete:'--where) action='query condition network' ;;
    'network up:'--attribute) action='query attribute network' ;;
    'network up:'--where) action='query condition network' ;;
    'network up:'--wait) action='words active inactive error' ;;
    'network down:'--attribute) action='query attribute network' ;;
    'network down:'--where) action='query condition network' ;;
    'network down:'--wait) action='words active inactive error' ;;
    'network trigger:'--attribute) action='query attribute network' ;;
    'network trigger:'--where) action='query condition network' ;;
    'network trigger:'--wait) action='words active inactive error' ;;
    'network link:'--kind) action='query kind' ;;
    'network link:'--mixin) action='query mixin' ;;
    'network link:'--attribute) action='query attribute link' ;;
    'network link:'--wait) action='words active inactive error' ;;
    'network wait:'--for) action='words active inactive error deleted exists ip port=22' ;;
    'network wait:'--where) action='query condition network' ;;
    'storage list:'--mixin) action='query mixin' ;;
    'storage list:'--attribute) action='query attribute storage' ;;
    'storage list:'--where) action='query condition storage' ;;
    'storage describe:'--where) action='query condition storage' ;;
    'storage create:'--attach-to) action='query entity compute' ;;
    'storage create:'--mixin) action='query mixin' ;;
    'storage create:'--attribute) action='query attribute storage' ;;
    'storage create:'--any-of) action='query sites' ;;
    'storage create:'--wait) action='words online offline error degraded backup snapshot resize' ;;
    'storage update:'--mixin) action='query mixin' ;;
    'storage update:'--attribute) action='query attribute storage' ;;
    'storage update:'--where) action='query condition storage' ;;
    'storage update:'--wait) action='words online offline error degraded backup snapshot resize' ;;
    'storage replace:'--mixin) action='query mixin' ;;
    'storage replace:'--attribute) action='query attribute storage' ;;
    'storage replace:'--wait) action='words online offline error degraded backup snapshot resize' ;;
    'storage delete:'--where) action='query condition storage' ;;
    'storage online:'--attribute) action='query attribute storage' ;;
    'storage online:'--where) action='query condition storage' ;;
    'storage online:'--wait) action='words online offline error degraded backup snapshot resize' ;;
    'storage offline:'--attribute) action='query attribute storage' ;;
    'storage offline:'--where) action='query condition storage' ;;
    'storage offline:'--wait) action='words online offline error degraded backup snapshot resize' ;;
    'storage backup:'--attribute) action='query attribute storage' ;;
    'storage backup:'--where) action='query condition storage' ;;
    'storage backup:'--wait) action='words online offline error degraded backup snapshot resize' ;;
    'storage snapshot:'--attribute) action='query attribute storage' ;;
    'storage snapshot:'--where) action='query condition storage' ;;
    'storage snapshot:'--wait) action='words online offline error degraded backup snapshot resize' ;;
    'storage resize:'--attribute) action='query attribute storage' ;;
    'storage resize:'--where) action='query condition storage' ;;
    'storage resize:'--wait) action='words online offline error degraded backup snapshot resize' ;;
    'storage trigger:'--attribute) action='query attribute storage' ;;
    'storage trigger:'--where) action='query condition storage' ;;
    'storage trigger:'--wait) action='words online offline error degraded backup snapshot resize' ;;
    'storage link:'--kind) action='query kind' ;;
    'storage link:'--mixin) action='query mixin' ;;
    'storage link:'--attribute) action='query attribute link' ;;
    'storage link:'--wait) action='words active inactive error' ;;
    'storage wait:'--for) action='words online offline error degraded backup snapshot resize deleted exists ip port=22' ;;
    'storage wait:'--where) action='query condition storage' ;;
    'link list:'--of) action='query entity' ;;
    'link list:'--kind) action='query kind' ;;
    'link create:'--kind) action='query kind' ;;
    'link create:'--mixin) action='query mixin' ;;
    'link create:'--attribute) action='query attribute link' ;;
    'link create:'--wait) action='words active inactive error' ;;
    'ip attach:'--network) action='query network' ;;
    'ip attach:'--pool) action='query mixin' ;;
    'ssh:'--identity|'ssh:'-i) action='file' ;;
    'wait:'--for) action='words active inactive suspended error waiting online offline degraded backup snapshot resize deleted exists ip port=22' ;;
    'stack init:'--file|'stack init:'-f) action='file' ;;
    'stack init:'--template) action='words machine machine-with-volume cluster' ;;
    'stack validate:'--file|'stack validate:'-f) action='file' ;;
    'stack validate:'--var-file) action='file' ;;
    'stack plan:'--file|'stack plan:'-f) action='file' ;;
    'stack plan:'--state) action='file' ;;
    'stack plan:'--var-file) action='file' ;;
    'stack apply:'--file|'stack apply:'-f) action='file' ;;
    'stack apply:'--state) action='file' ;;
    'stack apply:'--var-file) action='file' ;;
    'stack status:'--file|'stack status:'-f) action='file' ;;
    'stack status:'--state) action='file' ;;
    'stack status:'--var-file) action='file' ;;
    'stack output:'--file|'stack output:'-f) action='file' ;;
    'stack output:'--state) action='file' ;;
    'stack output:'--var-file) action='file' ;;
    'stack destroy:'--file|'stack destroy:'-f) action='file' ;;
    'stack destroy:'--state) action='file' ;;
    'stack destroy:'--var-file) action='file' ;;
    'stack import:'--file|'stack import:'-f) action='file' ;;
    'stack import:'--state) action='file' ;;
    'stack import:'--var-file) action='file' ;;
    'stack forget:'--file|'stack forget:'-f) action='file' ;;
    'stack forget:'--state) action='file' ;;
    'stack forget:'--var-file) action='file' ;;
    'graph:'--stack) action='file' ;;
    'graph:'--state) action='file' ;;
    'graph:'--var-file) action='file' ;;
    'mixin list:'--of) action='words os_tpl resource_tpl' ;;
    'mixin list:'--applies-to) action='query kind' ;;
    'model list:'--filter) action='query category' ;;
    'model kinds:'--filter) action='query category' ;;
    'model mixins:'--filter) action='query category' ;;
    'model actions:'--filter) action='query category' ;;
    'sandbox serve:'--auth) action='words none basic token keystone x509' ;;
    'sandbox serve:'--state) action='file' ;;
    'sandbox serve:'--as) action='words occi-1.2 occi-1.1 occi-os occi-os-grizzly occi-os-havana ooi rocci-server rocci-server-2 snf-occi snf-occi-2016 snf-occi-2017 erocci pyssf martserver' ;;
    'sandbox reset:'--state) action='file' ;;
    'translate:'--file|'translate:'-f) action='file' ;;
    'translate:'--scan) action='folder' ;;
    'context add:'--group) action='query group' ;;
    'context list:'--group) action='query group' ;;
    'context set:'--group) action='query group' ;;
    'context import:'--from) action='words clouds openrc roboconf' ;;
    'auth login:'--keep-password) action='words keyring file no' ;;
    'history:'--outcome) action='words done refused not-sent unknown' ;;
    'api:'--data|'api:'-d) action='file' ;;
    'api:'--from) action='file' ;;
    'convert:'--from) action='words text/plain text/occi text/uri-list json json-1.1' ;;
    'convert:'--to) action='words text/plain text/occi text/uri-list json json-1.1' ;;
    'image list:'--of) action='words os_tpl resource_tpl' ;;
    'image list:'--applies-to) action='query kind' ;;
    'images:'--of) action='words os_tpl resource_tpl' ;;
    'images:'--applies-to) action='query kind' ;;
    'size list:'--of) action='words os_tpl resource_tpl' ;;
    'size list:'--applies-to) action='query kind' ;;
    'sizes:'--of) action='words os_tpl resource_tpl' ;;
    'sizes:'--applies-to) action='query kind' ;;
    'flavor list:'--of) action='words os_tpl resource_tpl' ;;
    'flavor list:'--applies-to) action='query kind' ;;
    'flavors:'--of) action='words os_tpl resource_tpl' ;;
    'flavors:'--applies-to) action='query kind' ;;
    'ps:'--mixin) action='query mixin' ;;
    'ps:'--attribute) action='query attribute compute' ;;
    'ps:'--where) action='query condition compute' ;;
    'vms:'--mixin) action='query mixin' ;;
    'vms:'--attribute) action='query attribute compute' ;;
    'vms:'--where) action='query condition compute' ;;
    'servers:'--mixin) action='query mixin' ;;
    'servers:'--attribute) action='query attribute compute' ;;
    'servers:'--where) action='query condition compute' ;;
    'networks:'--mixin) action='query mixin' ;;
    'networks:'--attribute) action='query attribute network' ;;
    'networks:'--where) action='query condition network' ;;
    'volumes:'--mixin) action='query mixin' ;;
    'volumes:'--attribute) action='query attribute storage' ;;
    'volumes:'--where) action='query condition storage' ;;
    'kinds:'--filter) action='query category' ;;
    'contexts:'--group) action='query group' ;;
    'login:'--keep-password) action='words keyring file no' ;;
    *:--output|*:-o) action='words table wide json jsonl yaml csv tsv name id url ip value env pairs text/plain text/occi occi+json' ;;
    *:--columns) action='query columns' ;;
    *:--csv-formulas) action='words keep defuse' ;;
    *:--context) action='query sites' ;;
    *:--auth) action='words auto none basic digest token x509 oidc keystone' ;;
    *:--ca-file) action='file' ;;
    *:--ca-path) action='folder' ;;
    *:--tls-min-version) action='words TLSv1.2 TLSv1.3' ;;
    *:--tls-max-version) action='words TLSv1.2 TLSv1.3' ;;
    *:--media-type) action='words text/plain text/occi json json-1.1' ;;
    *:--provider) action='words snf-occi-2017 ooi rocci-server-2 martserver erocci rocci-server-1 snf-occi occi-os pyssf sandbox' ;;
    *:--record) action='file' ;;
    *:--color) action='words auto always never' ;;
    *:--password-file) action='file' ;;
    *:--passphrase-file) action='file' ;;
  esac
}

# Sets $action, which says how argument number $2 (from 0) of command $1 is completed.
_occi_argument() {
  action=
  case "$1:$2" in
    'compute describe:'*) action='query entity compute' ;;
    'compute update:'*) action='query entity compute' ;;
    'compute replace:'0) action='query entity compute' ;;
    'compute delete:'*) action='query entity compute' ;;
    'compute start:'*) action='query entity compute start' ;;
    'compute stop:'*) action='query entity compute stop' ;;
    'compute restart:'*) action='query entity compute restart' ;;
    'compute suspend:'*) action='query entity compute suspend' ;;
    'compute save:'*) action='query entity compute save' ;;
    'compute trigger:'0) action='query action compute' ;;
    'compute trigger:'*) action='query entity compute -' ;;
    'compute link:'0) action='query entity compute' ;;
    'compute link:'1) action='query entity' ;;
    'compute unlink:'0) action='query entity compute' ;;
    'compute unlink:'1) action='query entity' ;;
    'compute wait:'*) action='query entity compute' ;;
    'compute ip:'*) action='query entity compute' ;;
    'compute ssh:'0) action='query entity compute' ;;
    'network describe:'*) action='query entity network' ;;
    'network update:'*) action='query entity network' ;;
    'network replace:'0) action='query entity network' ;;
    'network delete:'*) action='query entity network' ;;
    'network up:'*) action='query entity network up' ;;
    'network down:'*) action='query entity network down' ;;
    'network trigger:'0) action='query action network' ;;
    'network trigger:'*) action='query entity network -' ;;
    'network link:'0) action='query entity network' ;;
    'network link:'1) action='query entity' ;;
    'network unlink:'0) action='query entity network' ;;
    'network unlink:'1) action='query entity' ;;
    'network wait:'*) action='query entity network' ;;
    'storage describe:'*) action='query entity storage' ;;
    'storage update:'*) action='query entity storage' ;;
    'storage replace:'0) action='query entity storage' ;;
    'storage delete:'*) action='query entity storage' ;;
    'storage online:'*) action='query entity storage online' ;;
    'storage offline:'*) action='query entity storage offline' ;;
    'storage backup:'*) action='query entity storage backup' ;;
    'storage snapshot:'*) action='query entity storage snapshot' ;;
    'storage resize:'*) action='query entity storage resize' ;;
    'storage trigger:'0) action='query action storage' ;;
    'storage trigger:'*) action='query entity storage -' ;;
    'storage link:'0) action='query entity storage' ;;
    'storage link:'1) action='query entity' ;;
    'storage unlink:'0) action='query entity storage' ;;
    'storage unlink:'1) action='query entity' ;;
    'storage wait:'*) action='query entity storage' ;;
    'link describe:'*) action='query entity' ;;
    'link create:'0) action='query entity' ;;
    'link create:'1) action='query entity' ;;
    'link delete:'*) action='query entity' ;;
    'ip attach:'0) action='query entity compute' ;;
    'ip detach:'0) action='query entity compute' ;;
    'ssh:'0) action='query entity compute' ;;
    'wait:'*) action='query entity' ;;
    'stack import:'1) action='query entity' ;;
    'graph:'*) action='query entity' ;;
    'mixin describe:'0) action='query mixin' ;;
    'mixin delete:'0) action='query mixin' ;;
    'mixin attach:'0) action='query mixin' ;;
    'mixin attach:'*) action='query entity' ;;
    'mixin detach:'0) action='query mixin' ;;
    'mixin detach:'*) action='query entity' ;;
    'mixin set:'0) action='query mixin' ;;
    'mixin set:'*) action='query entity' ;;
    'mixin members:'0) action='query mixin' ;;
    'model describe:'0) action='query category' ;;
    'model diff:'0) action='query context' ;;
    'model diff:'1) action='query context' ;;
    'explain:'0) action='query explainable' ;;
    'schema:'0) action='words entity category changed event error warning login context setting request check done stack' ;;
    'completion install:'0) action='words bash zsh fish' ;;
    'context use:'0) action='query context' ;;
    'context show:'0) action='query context' ;;
    'context set:'0) action='query context' ;;
    'context rename:'0) action='query context' ;;
    'context remove:'*) action='query context' ;;
    'context alias:'0) action='query context' ;;
    'context alias:'1) action='words os size network' ;;
    'context test:'0) action='query context' ;;
    'context import:'0) action='file' ;;
    'context trust:'0) action='folder' ;;
    'context untrust:'0) action='folder' ;;
    'doctor:'*) action='query context' ;;
    'convert:'0) action='file' ;;
    'image describe:'0) action='query mixin' ;;
    'size describe:'0) action='query mixin' ;;
    'flavor describe:'0) action='query mixin' ;;
    'use:'0) action='query context' ;;
    'help:'0) action='words compute network storage link ip ssh wait stack graph mixin model explain schema completion man sandbox translate context auth config doctor history cache list-path delete-path api convert addressing auth ci cookbook environment exit-codes formatting guarantees migrating options output plugins providers rocci security sites stacks troubleshooting' ;;
  esac
}

# Sets $options to the options of command $1.
_occi_options() {
  case "$1" in
    'compute list') options='--mixin --attribute --where --watch' ;;
    'compute describe') options='--where --watch' ;;
    'compute create') options='--os --size --ssh-key --user-data --network --storage --cores --memory --architecture --hostname --title --summary --mixin --attribute --no-validate --id --count --any-of --spread --if-not-exists --keep-on-failure --wait --wait-timeout' ;;
    'compute update') options='--os --size --cores --memory --architecture --hostname --title --summary --mixin --attribute --no-validate --where --wait --wait-timeout' ;;
    'compute replace') options='--os --size --cores --memory --architecture --hostname --title --summary --mixin --attribute --no-validate --wait --wait-timeout' ;;
    'compute delete') options='--where --all --wait --wait-timeout' ;;
    'compute start') options='--attribute --no-validate --where --all --wait --wait-timeout' ;;
    'compute stop') options='--method --attribute --no-validate --where --all --wait --wait-timeout' ;;
    'compute restart') options='--method --attribute --no-validate --where --all --wait --wait-timeout' ;;
    'compute suspend') options='--method --attribute --no-validate --where --all --wait --wait-timeout' ;;
    'compute save') options='--method --name --attribute --no-validate --where --all --wait --wait-timeout' ;;
    'compute trigger') options='--attribute --no-validate --where --all --wait --wait-timeout' ;;
    'compute link') options='--kind --mountpoint --address --mixin --attribute --no-validate --wait --wait-timeout' ;;
    'compute unlink') options='--wait --wait-timeout' ;;
    'compute wait') options='--for --timeout --where' ;;
    'compute ip') options='--public --private --ipv4 --ipv6 --where' ;;
    'compute ssh') options='--user --identity --port --proxy-jump --ssh-option --tty --wait --wait-timeout --public --private --ipv4 --ipv6 --print' ;;
    'network list') options='--mixin --attribute --where --watch' ;;
    'network describe') options='--where --watch' ;;
    'network create') options='--address --gateway --allocation --vlan --label --title --summary --mixin --attribute --no-validate --id --count --any-of --spread --if-not-exists --keep-on-failure --wait --wait-timeout' ;;
    'network update') options='--vlan --label --title --summary --mixin --attribute --no-validate --where --wait --wait-timeout' ;;
    'network replace') options='--vlan --label --title --summary --mixin --attribute --no-validate --wait --wait-timeout' ;;
    'network delete') options='--where --all --wait --wait-timeout' ;;
    'network up') options='--attribute --no-validate --where --all --wait --wait-timeout' ;;
    'network down') options='--attribute --no-validate --where --all --wait --wait-timeout' ;;
    'network trigger') options='--attribute --no-validate --where --all --wait --wait-timeout' ;;
    'network link') options='--kind --mountpoint --address --mixin --attribute --no-validate --wait --wait-timeout' ;;
    'network unlink') options='--wait --wait-timeout' ;;
    'network wait') options='--for --timeout --where' ;;
    'storage list') options='--mixin --attribute --where --watch' ;;
    'storage describe') options='--where --watch' ;;
    'storage create') options='--attach-to --mountpoint --size --title --summary --mixin --attribute --no-validate --id --count --any-of --spread --if-not-exists --keep-on-failure --wait --wait-timeout' ;;
    'storage update') options='--size --title --summary --mixin --attribute --no-validate --where --wait --wait-timeout' ;;
    'storage replace') options='--size --title --summary --mixin --attribute --no-validate --wait --wait-timeout' ;;
    'storage delete') options='--where --all --wait --wait-timeout' ;;
    'storage online') options='--attribute --no-validate --where --all --wait --wait-timeout' ;;
    'storage offline') options='--attribute --no-validate --where --all --wait --wait-timeout' ;;
    'storage backup') options='--attribute --no-validate --where --all --wait --wait-timeout' ;;
    'storage snapshot') options='--attribute --no-validate --where --all --wait --wait-timeout' ;;
    'storage resize') options='--size --attribute --no-validate --where --all --wait --wait-timeout' ;;
    'storage trigger') options='--attribute --no-validate --where --all --wait --wait-timeout' ;;
    'storage link') options='--kind --mountpoint --address --mixin --attribute --no-validate --wait --wait-timeout' ;;
    'storage unlink') options='--wait --wait-timeout' ;;
    'storage wait') options='--for --timeout --where' ;;
    'link list') options='--of --kind --watch' ;;
    'link describe') options='--watch' ;;
    'link create') options='--kind --mixin --attribute --no-validate --wait --wait-timeout' ;;
    'link delete') options='--wait --wait-timeout' ;;
    'ip list') options='--public --private --ipv4 --ipv6 --watch' ;;
    'ip attach') options='--network --pool --address --wait --wait-timeout' ;;
    'ip detach') options='--wait --wait-timeout' ;;
    'ssh') options='--user --identity --port --proxy-jump --ssh-option --tty --wait --wait-timeout --public --private --ipv4 --ipv6 --print' ;;
    'wait') options='--for --timeout' ;;
    'stack init') options='--file --template --name' ;;
    'stack validate') options='--file --var --var-file' ;;
    'stack plan') options='--file --state --var --var-file --replace --no-validate --exit-code' ;;
    'stack apply') options='--file --state --var --var-file --adopt --replace --no-validate --lock-timeout --wait-timeout' ;;
    'stack status') options='--file --state --var --var-file' ;;
    'stack output') options='--file --state --var --var-file' ;;
    'stack destroy') options='--file --state --var --var-file --keep --lock-timeout --wait-timeout' ;;
    'stack import') options='--file --state --var --var-file --lock-timeout' ;;
    'stack forget') options='--file --state --var --var-file --lock-timeout' ;;
    'graph') options='--stack --state --var --var-file' ;;
    'mixin list') options='--of --search --applies-to' ;;
    'mixin create') options='--scheme --title --location' ;;
    'model list') options='--filter --refresh' ;;
    'model kinds') options='--filter --refresh' ;;
    'model mixins') options='--filter --refresh' ;;
    'model actions') options='--filter --refresh' ;;
    'model describe') options='--refresh' ;;
    'man') options='--roff' ;;
    'sandbox serve') options='--port --auth --state --as --speed --machines --latency --fail --drop-answers' ;;
    'sandbox reset') options='--state' ;;
    'translate') options='--file --scan' ;;
    'context add') options='--use --replace --group' ;;
    'context list') options='--group' ;;
    'context set') options='--unset --group' ;;
    'context alias') options='--remove' ;;
    'context import') options='--from --name --cloud --replace' ;;
    'context trust') options='--list' ;;
    'auth login') options='--save-as --keep-password' ;;
    'config explain') options='--all' ;;
    'history') options='--limit --outcome' ;;
    'delete-path') options='--all --members' ;;
    'api') options='--data --from --raw-field --field --paginate --slurp --include' ;;
    'convert') options='--from --to --strict' ;;
    'image list') options='--of --search --applies-to' ;;
    'images') options='--of --search --applies-to' ;;
    'size list') options='--of --search --applies-to' ;;
    'sizes') options='--of --search --applies-to' ;;
    'flavor list') options='--of --search --applies-to' ;;
    'flavors') options='--of --search --applies-to' ;;
    'ps') options='--mixin --attribute --where --watch' ;;
    'vms') options='--mixin --attribute --where --watch' ;;
    'servers') options='--mixin --attribute --where --watch' ;;
    'networks') options='--mixin --attribute --where --watch' ;;
    'volumes') options='--mixin --attribute --where --watch' ;;
    'kinds') options='--filter --refresh' ;;
    'contexts') options='--group' ;;
    'login') options='--save-as --keep-password' ;;
    *) options= ;;
  esac
  options="$options --output --columns --sort --no-header --query --template --csv-formulas --endpoint --context --all-contexts --site-timeout --auth --username --password-stdin --token --token-stdin --header --timeout --connect-timeout --completion-requests --proxy --retries --deadline --max-response --ca-file --ca-path --ca-system --insecure --tls-min-version --tls-max-version --media-type --provider --concurrency --no-cache --yes --trust-project --dry-run --curl --no-input --quiet --verbose --trace --record --color --no-color --help --allow-plain-http --first-method --password --digest-qop --token-header --token-command --user-cert --user-cred --user-key --passphrase --access-token --oidc-account --oidc-issuer --oidc-discovery --oidc-client-id --oidc-client-secret --oidc-scope --oidc-grant --refresh-token --auth-url --os-cloud --auth-type --keystone-version --user-id --user-domain --user-domain-id --default-domain --default-domain-id --project --project-id --project-domain --project-domain-id --project-auto --domain --domain-id --system-scope --trust-id --unscoped --application-credential-id --application-credential-name --application-credential-secret --passcode --identity-provider --protocol --voms --region --interface --password-file --password-command --passphrase-file --passphrase-command --keyring"
}

# Sets $verbs to the verbs of noun $1.
_occi_verbs() {
  case "$1" in
    'compute') verbs='list describe create update replace delete start stop restart suspend save trigger link unlink wait ip ssh ls show get rm help' ;;
    'network') verbs='list describe create update replace delete up down trigger link unlink wait ls show get rm help' ;;
    'storage') verbs='list describe create update replace delete online offline backup snapshot resize trigger link unlink wait ls show get rm help' ;;
    'link') verbs='list describe create delete ls show get rm help' ;;
    'ip') verbs='list attach detach ls help' ;;
    'stack') verbs='init validate plan apply status output destroy import forget help' ;;
    'mixin') verbs='list describe create delete attach detach set members ls show get rm help' ;;
    'model') verbs='list kinds mixins actions describe diff ls show get help' ;;
    'completion') verbs='install bash zsh fish help' ;;
    'sandbox') verbs='serve reset tour help' ;;
    'context') verbs='add use list show set rename remove alias test import trust untrust ls help' ;;
    'auth') verbs='login status logout token explain help' ;;
    'config') verbs='explain path help' ;;
    'cache') verbs='clear help' ;;
    'image') verbs='list describe help' ;;
    'size') verbs='list describe help' ;;
    'flavor') verbs='list describe help' ;;
    *) verbs= ;;
  esac
}

# Offers each line of $1 that begins with $cur as one word.
_occi_offer() {
  local line quoted
  while IFS= read -r line; do
    line=${line%%$'\t'*}
    if [[ -n $line && $line == "$cur"* ]]; then
      printf -v quoted %q "$line"
      quoted=${quoted//\\,/,}
      COMPREPLY+=("$quoted")
    fi
  done <<<"$1"
}

# The programs on the PATH that occi runs as its own commands.
_occi_plugins() {
  compgen -c occi- | while IFS= read -r line; do printf '%s\n' "${line#occi-}"; done
}

_occi_query() {
  # Values come from occi's caches; errors are discarded.
  _occi_offer "$(command occi __complete $1 -- "${words[@]}" 2>/dev/null </dev/null)"
}

_occi_files() {
  local line
  compopt -o filenames 2>/dev/null
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$1" -- "$cur")
}

_occi_complete() {
  case "$action" in
    words\ *) _occi_offer "$(printf '%s\n' ${action#words })" ;;
    query\ *) _occi_query "${action#query }" ;;
    file) _occi_files -f ;;
    folder) _occi_files -d ;;
  esac
}

# Sets $words to the words as the user typed them: bash splits them at = and :, which are common in options
# and URLs. Sets $raw to the last part of the last word, as bash splits it.
_occi_words() {
  local rest=${COMP_LINE:0:COMP_POINT} word lead index
  words=()
  raw=
  for ((index = 0; index <= COMP_CWORD; index++)); do
    word=${COMP_WORDS[index]}
    lead=${rest%%[![:space:]]*}
    rest=${rest#"$lead"}
    ((index == COMP_CWORD)) && word=$rest
    if [[ -z $lead && index -gt 0 && ${#words[@]} -gt 0 ]]; then
      words[${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    rest=${rest#"$word"}
    raw=$word
  done
  case "$raw" in =|:) raw= ;; esac
}

_occi() {
  local words raw cur full before action options verbs noun= verb= command= word skip= count=0 index
  COMPREPLY=()
  _occi_words
  full=${words[${#words[@]}-1]}
  cur=$full

  for ((index = 1; index < ${#words[@]} - 1; index++)); do
    word=${words[index]}
    if [[ -n $skip ]]; then skip=; continue; fi
    case "$word" in
      -*)
        case " --access-token --address --allocation --any-of --application-credential-id --application-credential-name --application-credential-secret --applies-to --architecture --as --attach-to --attribute --auth --auth-type --auth-url --ca-file --ca-path --cloud --columns --concurrency --connect-timeout --context --cores --count --csv-formulas --data --deadline --default-domain --default-domain-id --digest-qop --domain --domain-id --endpoint --fail --field --file --filter --first-method --for --from --gateway --group --header --hostname --id --identity --identity-provider --interface --keep --keep-password --keystone-version --kind --label --latency --limit --location --lock-timeout --machines --max-response --media-type --memory --method --mixin --mountpoint --name --network --of --oidc-account --oidc-client-id --oidc-client-secret --oidc-discovery --oidc-grant --oidc-issuer --oidc-scope --os --os-cloud --outcome --output --passcode --passphrase --passphrase-command --passphrase-file --password --password-command --password-file --pool --port --project --project-domain --project-domain-id --project-id --protocol --provider --proxy --proxy-jump --query --raw-field --record --refresh-token --region --replace --retries --save-as --scan --scheme --search --site-timeout --size --sort --speed --ssh-key --ssh-option --stack --state --storage --summary --system-scope --template --timeout --title --tls-max-version --tls-min-version --to --token --token-command --token-header --trust-id --unset --user --user-cert --user-cred --user-data --user-domain --user-domain-id --user-id --user-key --username --var --var-file --vlan --wait-timeout --where -F -H -J -d -e -f -i -o -p -u " in *" $word "*) skip=$word ;; esac
        ;;
      *)
        if [[ -z $noun ]]; then
          noun=$word
          case "$noun" in
            vm) noun=compute ;;
            server) noun=compute ;;
            volume) noun=storage ;;
          esac
          command=$noun
          _occi_verbs "$noun"
        elif [[ -z $verb && ( -n $verbs || ! " compute network storage link ip ssh wait stack graph mixin model explain schema completion man sandbox translate context auth config doctor history cache list-path delete-path api convert help vm server volume image images size sizes flavor flavors ps vms servers networks volumes kinds contexts use login logout whoami " == *" $noun "* ) ]]; then
          verb=$word
          case " $verbs " in *" $word "*)
            case "$verb" in
              ls) verb=list ;;
              show) verb=describe ;;
              get) verb=describe ;;
              rm) verb=delete ;;
            esac ;;
          esac
          command="$noun $verb"
        else
          count=$((count + 1))
        fi
        ;;
    esac
  done

  if [[ -n $skip ]]; then
    _occi_option_value "$command" "$skip"
    _occi_complete
  elif [[ $cur == --*=* ]]; then
    _occi_option_value "$command" "${cur%%=*}"
    cur=${cur#*=}
    _occi_complete
  elif [[ $cur == -* ]]; then
    _occi_options "$command"
    _occi_offer "$(printf '%s\n' $options)"
  elif [[ -z $noun ]]; then
    _occi_offer "$(printf '%s\n' compute network storage link ip ssh wait stack graph mixin model explain schema completion man sandbox translate context auth config doctor history cache list-path delete-path api convert help vm server volume image images size sizes flavor flavors ps vms servers networks volumes kinds contexts use login logout whoami $(_occi_plugins))"
    if [[ ${#COMPREPLY[@]} -eq 0 ]]; then _occi_query noun; fi
  elif [[ -z $verb && -n $verbs ]]; then
    _occi_offer "$(printf '%s\n' $verbs)"
    if [[ ${#COMPREPLY[@]} -eq 0 ]]; then _occi_query "verb $noun"; fi
  elif [[ -z $verb && ! " compute network storage link ip ssh wait stack graph mixin model explain schema completion man sandbox translate context auth config doctor history cache list-path delete-path api convert help vm server volume image images size sizes flavor flavors ps vms servers networks volumes kinds contexts use login logout whoami " == *" $noun "* ]]; then
    _occi_query "verb $noun"
  else
    _occi_argument "$command" "$count"
    if [[ -z $action && ! " compute network storage link ip ssh wait stack graph mixin model explain schema completion man sandbox translate context auth config doctor history cache list-path delete-path api convert help vm server volume image images size sizes flavor flavors ps vms servers networks volumes kinds contexts use login logout whoami " == *" $noun "* ]]; then action="query entity $noun"; fi
    _occi_complete
  fi

  # Bash replaces only the part of the typed word after its last = or :. It splits at an @, too, but replaces the @
  # together with the part after it.
  if [[ ${full%"$raw"} == *@ ]]; then raw=@$raw; fi
  before=${full%"$cur"}
  for index in "${!COMPREPLY[@]}"; do
    word=$before${COMPREPLY[index]}
    COMPREPLY[index]=${word#"${full%"$raw"}"}
  done
  # No space after NAME=, since the value of the attribute follows.
  if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}

complete -F _occi occi
