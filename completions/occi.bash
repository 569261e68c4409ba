# bash completion for occi. Generated from the command definitions: occi __docs. Do not edit.
# Use: eval "$(occi completion bash)", or copy it to ~/.local/share/bash-completion/completions/occi

# Sets how the value of option $2 of command $1 is completed.
_occi_option_value() {
  how=
  case "$1:$2" in
    'compute list:'--mixin) how='ask mixin' ;;
    'compute list:'--attribute) how='ask attribute compute' ;;
    'compute list:'--where) how='ask condition compute' ;;
    'compute describe:'--where) how='ask condition compute' ;;
    'compute create:'--os) how='ask mixin os_tpl' ;;
    'compute create:'--size) how='ask mixin resource_tpl' ;;
    'compute create:'--ssh-key) how='file' ;;
    'compute create:'--user-data) how='file' ;;
    'compute create:'--network) how='ask network' ;;
    'compute create:'--storage) how='ask entity storage' ;;
    'compute create:'--mixin) how='ask mixin' ;;
    'compute create:'--attribute) how='ask attribute compute' ;;
    'compute create:'--any-of) how='ask sites' ;;
    'compute create:'--wait) how='ask state compute' ;;
    'compute update:'--os) how='ask mixin os_tpl' ;;
    'compute update:'--size) how='ask mixin resource_tpl' ;;
    'compute update:'--mixin) how='ask mixin' ;;
    'compute update:'--attribute) how='ask attribute compute' ;;
    'compute update:'--where) how='ask condition compute' ;;
    'compute update:'--wait) how='ask state compute' ;;
    'compute replace:'--os) how='ask mixin os_tpl' ;;
    'compute replace:'--size) how='ask mixin resource_tpl' ;;
    'compute replace:'--mixin) how='ask mixin' ;;
    'compute replace:'--attribute) how='ask attribute compute' ;;
    'compute replace:'--wait) how='ask state compute' ;;
    'compute delete:'--where) how='ask condition compute' ;;
    'compute start:'--attribute) how='ask attribute compute' ;;
    'compute start:'--where) how='ask condition compute' ;;
    'compute start:'--wait) how='ask state compute' ;;
    'compute stop:'--method) how='words graceful acpioff poweroff' ;;
    'compute stop:'--attribute) how='ask attribute compute' ;;
    'compute stop:'--where) how='ask condition compute' ;;
    'compute stop:'--wait) how='ask state compute' ;;
    'compute restart:'--method) how='words graceful warm cold' ;;
    'compute restart:'--attribute) how='ask attribute compute' ;;
    'compute restart:'--where) how='ask condition compute' ;;
    'compute restart:'--wait) how='ask state compute' ;;
    'compute suspend:'--method) how='words hibernate suspend' ;;
    'compute suspend:'--attribute) how='ask attribute compute' ;;
    'compute suspend:'--where) how='ask condition compute' ;;
    'compute suspend:'--wait) how='ask state compute' ;;
    'compute save:'--method) how='words hot deferred' ;;
    'compute save:'--attribute) how='ask attribute compute' ;;
    'compute save:'--where) how='ask condition compute' ;;
    'compute save:'--wait) how='ask state compute' ;;
    'compute trigger:'--attribute) how='ask attribute compute' ;;
    'compute trigger:'--where) how='ask condition compute' ;;
    'compute trigger:'--wait) how='ask state compute' ;;
    'compute link:'--kind) how='ask kind' ;;
    'compute link:'--mixin) how='ask mixin' ;;
    'compute link:'--attribute) how='ask attribute link' ;;
    'compute link:'--wait) how='ask state link' ;;
    'compute wait:'--for) how='ask state compute' ;;
    'compute wait:'--where) how='ask condition compute' ;;
    'compute ip:'--where) how='ask condition compute' ;;
    'compute ssh:'--identity|'compute ssh:'-i) how='file' ;;
    'network list:'--mixin) how='ask mixin' ;;
    'network list:'--attribute) how='ask attribute network' ;;
    'network list:'--where) how='ask condition network' ;;
    'network describe:'--where) how='ask condition network' ;;
    'network create:'--allocation) how='words dynamic static' ;;
    'network create:'--mixin) how='ask mixin' ;;
    'network create:'--attribute) how='ask attribute network' ;;
    'network create:'--any-of) how='ask sites' ;;
    'network create:'--wait) how='ask state network' ;;
    'network update:'--mixin) how='ask mixin' ;;
    'network update:'--attribute) how='ask attribute network' ;;
    'network update:'--where) how='ask condition network' ;;
    'network update:'--wait) how='ask state network' ;;
    'network replace:'--mixin) how='ask mixin' ;;
    'network replace:'--attribute) how='ask attribute network' ;;
    'network replace:'--wait) how='ask state network' ;;
    'network delete:'--where) how='ask condition network' ;;
    'network up:'--attribute) how='ask attribute network' ;;
    'network up:'--where) how='ask condition network' ;;
    'network up:'--wait) how='ask state network' ;;
    'network down:'--attribute) how='ask attribute network' ;;
    'network down:'--where) how='ask condition network' ;;
    'network down:'--wait) how='ask state network' ;;
    'network trigger:'--attribute) how='ask attribute network' ;;
    'network trigger:'--where) how='ask condition network' ;;
    'network trigger:'--wait) how='ask state network' ;;
    'network link:'--kind) how='ask kind' ;;
    'network link:'--mixin) how='ask mixin' ;;
    'network link:'--attribute) how='ask attribute link' ;;
    'network link:'--wait) how='ask state link' ;;
    'network wait:'--for) how='ask state network' ;;
    'network wait:'--where) how='ask condition network' ;;
    'storage list:'--mixin) how='ask mixin' ;;
    'storage list:'--attribute) how='ask attribute storage' ;;
    'storage list:'--where) how='ask condition storage' ;;
    'storage describe:'--where) how='ask condition storage' ;;
    'storage create:'--mixin) how='ask mixin' ;;
    'storage create:'--attribute) how='ask attribute storage' ;;
    'storage create:'--any-of) how='ask sites' ;;
    'storage create:'--wait) how='ask state storage' ;;
    'storage update:'--mixin) how='ask mixin' ;;
    'storage update:'--attribute) how='ask attribute storage' ;;
    'storage update:'--where) how='ask condition storage' ;;
    'storage update:'--wait) how='ask state storage' ;;
    'storage replace:'--mixin) how='ask mixin' ;;
    'storage replace:'--attribute) how='ask attribute storage' ;;
    'storage replace:'--wait) how='ask state storage' ;;
    'storage delete:'--where) how='ask condition storage' ;;
    'storage online:'--attribute) how='ask attribute storage' ;;
    'storage online:'--where) how='ask condition storage' ;;
    'storage online:'--wait) how='ask state storage' ;;
    'storage offline:'--attribute) how='ask attribute storage' ;;
    'storage offline:'--where) how='ask condition storage' ;;
    'storage offline:'--wait) how='ask state storage' ;;
    'storage backup:'--attribute) how='ask attribute storage' ;;
    'storage backup:'--where) how='ask condition storage' ;;
    'storage backup:'--wait) how='ask state storage' ;;
    'storage snapshot:'--attribute) how='ask attribute storage' ;;
    'storage snapshot:'--where) how='ask condition storage' ;;
    'storage snapshot:'--wait) how='ask state storage' ;;
    'storage resize:'--attribute) how='ask attribute storage' ;;
    'storage resize:'--where) how='ask condition storage' ;;
    'storage resize:'--wait) how='ask state storage' ;;
    'storage trigger:'--attribute) how='ask attribute storage' ;;
    'storage trigger:'--where) how='ask condition storage' ;;
    'storage trigger:'--wait) how='ask state storage' ;;
    'storage link:'--kind) how='ask kind' ;;
    'storage link:'--mixin) how='ask mixin' ;;
    'storage link:'--attribute) how='ask attribute link' ;;
    'storage link:'--wait) how='ask state link' ;;
    'storage wait:'--for) how='ask state storage' ;;
    'storage wait:'--where) how='ask condition storage' ;;
    'link list:'--of) how='ask entity' ;;
    'link list:'--kind) how='ask kind' ;;
    'link create:'--kind) how='ask kind' ;;
    'link create:'--mixin) how='ask mixin' ;;
    'link create:'--attribute) how='ask attribute link' ;;
    'link create:'--wait) how='ask state link' ;;
    'ip attach:'--network) how='ask network' ;;
    'ip attach:'--pool) how='ask mixin' ;;
    'ssh:'--identity|'ssh:'-i) how='file' ;;
    'wait:'--for) how='ask state ' ;;
    'stack init:'--file|'stack init:'-f) how='file' ;;
    'stack init:'--template) how='words machine machine-with-volume cluster' ;;
    'stack validate:'--file|'stack validate:'-f) how='file' ;;
    'stack validate:'--var-file) how='file' ;;
    'stack plan:'--file|'stack plan:'-f) how='file' ;;
    'stack plan:'--state) how='file' ;;
    'stack plan:'--var-file) how='file' ;;
    'stack apply:'--file|'stack apply:'-f) how='file' ;;
    'stack apply:'--state) how='file' ;;
    'stack apply:'--var-file) how='file' ;;
    'stack status:'--file|'stack status:'-f) how='file' ;;
    'stack status:'--state) how='file' ;;
    'stack status:'--var-file) how='file' ;;
    'stack output:'--file|'stack output:'-f) how='file' ;;
    'stack output:'--state) how='file' ;;
    'stack output:'--var-file) how='file' ;;
    'stack destroy:'--file|'stack destroy:'-f) how='file' ;;
    'stack destroy:'--state) how='file' ;;
    'stack destroy:'--var-file) how='file' ;;
    'stack import:'--file|'stack import:'-f) how='file' ;;
    'stack import:'--state) how='file' ;;
    'stack import:'--var-file) how='file' ;;
    'stack forget:'--file|'stack forget:'-f) how='file' ;;
    'stack forget:'--state) how='file' ;;
    'stack forget:'--var-file) how='file' ;;
    'graph:'--stack) how='file' ;;
    'graph:'--state) how='file' ;;
    'graph:'--var-file) how='file' ;;
    'mixin list:'--of) how='words os_tpl resource_tpl' ;;
    'mixin list:'--applies-to) how='ask kind' ;;
    'model list:'--filter) how='ask category' ;;
    'model kinds:'--filter) how='ask category' ;;
    'model mixins:'--filter) how='ask category' ;;
    'model actions:'--filter) how='ask category' ;;
    'sandbox serve:'--auth) how='words none basic token keystone x509' ;;
    'sandbox serve:'--state) how='file' ;;
    'sandbox serve:'--as) how='words occi-1.2 occi-1.1 occi-os occi-os-grizzly occi-os-havana ooi rocci-server rocci-server-2 snf-occi snf-occi-2016 snf-occi-2017 erocci pyssf martserver' ;;
    'sandbox reset:'--state) how='file' ;;
    'translate:'--file|'translate:'-f) how='file' ;;
    'translate:'--scan) how='folder' ;;
    'context add:'--group) how='ask group' ;;
    'context list:'--group) how='ask group' ;;
    'context set:'--group) how='ask group' ;;
    'context import:'--from) how='words clouds openrc roboconf' ;;
    'auth login:'--keep-password) how='words keyring file no' ;;
    'history:'--outcome) how='words done refused not-sent unknown' ;;
    'api:'--data|'api:'-d) how='file' ;;
    'api:'--from) how='file' ;;
    'convert:'--from) how='words text/plain text/occi text/uri-list json json-1.1' ;;
    'convert:'--to) how='words text/plain text/occi text/uri-list json json-1.1' ;;
    'image list:'--of) how='words os_tpl resource_tpl' ;;
    'image list:'--applies-to) how='ask kind' ;;
    'images:'--of) how='words os_tpl resource_tpl' ;;
    'images:'--applies-to) how='ask kind' ;;
    'size list:'--of) how='words os_tpl resource_tpl' ;;
    'size list:'--applies-to) how='ask kind' ;;
    'sizes:'--of) how='words os_tpl resource_tpl' ;;
    'sizes:'--applies-to) how='ask kind' ;;
    'flavor list:'--of) how='words os_tpl resource_tpl' ;;
    'flavor list:'--applies-to) how='ask kind' ;;
    'flavors:'--of) how='words os_tpl resource_tpl' ;;
    'flavors:'--applies-to) how='ask kind' ;;
    'ps:'--mixin) how='ask mixin' ;;
    'ps:'--attribute) how='ask attribute compute' ;;
    'ps:'--where) how='ask condition compute' ;;
    'vms:'--mixin) how='ask mixin' ;;
    'vms:'--attribute) how='ask attribute compute' ;;
    'vms:'--where) how='ask condition compute' ;;
    'servers:'--mixin) how='ask mixin' ;;
    'servers:'--attribute) how='ask attribute compute' ;;
    'servers:'--where) how='ask condition compute' ;;
    'networks:'--mixin) how='ask mixin' ;;
    'networks:'--attribute) how='ask attribute network' ;;
    'networks:'--where) how='ask condition network' ;;
    'volumes:'--mixin) how='ask mixin' ;;
    'volumes:'--attribute) how='ask attribute storage' ;;
    'volumes:'--where) how='ask condition storage' ;;
    'kinds:'--filter) how='ask category' ;;
    'contexts:'--group) how='ask group' ;;
    'login:'--keep-password) how='words keyring file no' ;;
    *:--output|*:-o) how='words table wide json jsonl yaml csv tsv name id url ip value env pairs text/plain text/occi occi+json' ;;
    *:--columns) how='ask columns' ;;
    *:--csv-formulas) how='words keep defuse' ;;
    *:--context) how='ask sites' ;;
    *:--auth) how='words auto none basic digest token x509 oidc keystone' ;;
    *:--ca-file) how='file' ;;
    *:--ca-path) how='folder' ;;
    *:--tls-max-version) how='words TLSv1.2 TLSv1.3' ;;
    *:--media-type) how='words text/plain text/occi json json-1.1' ;;
    *:--provider) how='words snf-occi-2017 ooi rocci-server-2 martserver erocci rocci-server-1 snf-occi occi-os pyssf sandbox' ;;
    *:--record) how='file' ;;
    *:--color) how='words auto always never' ;;
    *:--password-file) how='file' ;;
    *:--passphrase-file) how='file' ;;
  esac
}

# Sets how argument number $2 (from 0) of command $1 is completed.
_occi_argument() {
  how=
  case "$1:$2" in
    'compute describe:'*) how='ask entity compute' ;;
    'compute update:'*) how='ask entity compute' ;;
    'compute replace:'0) how='ask entity compute' ;;
    'compute delete:'*) how='ask entity compute' ;;
    'compute start:'*) how='ask entity compute start' ;;
    'compute stop:'*) how='ask entity compute stop' ;;
    'compute restart:'*) how='ask entity compute restart' ;;
    'compute suspend:'*) how='ask entity compute suspend' ;;
    'compute save:'*) how='ask entity compute save' ;;
    'compute trigger:'0) how='ask action compute' ;;
    'compute trigger:'*) how='ask entity compute -' ;;
    'compute link:'0) how='ask entity compute' ;;
    'compute link:'1) how='ask entity' ;;
    'compute unlink:'0) how='ask entity compute' ;;
    'compute unlink:'1) how='ask entity' ;;
    'compute wait:'*) how='ask entity compute' ;;
    'compute ip:'*) how='ask entity compute' ;;
    'compute ssh:'0) how='ask entity compute' ;;
    'network describe:'*) how='ask entity network' ;;
    'network update:'*) how='ask entity network' ;;
    'network replace:'0) how='ask entity network' ;;
    'network delete:'*) how='ask entity network' ;;
    'network up:'*) how='ask entity network up' ;;
    'network down:'*) how='ask entity network down' ;;
    'network trigger:'0) how='ask action network' ;;
    'network trigger:'*) how='ask entity network -' ;;
    'network link:'0) how='ask entity network' ;;
    'network link:'1) how='ask entity' ;;
    'network unlink:'0) how='ask entity network' ;;
    'network unlink:'1) how='ask entity' ;;
    'network wait:'*) how='ask entity network' ;;
    'storage describe:'*) how='ask entity storage' ;;
    'storage update:'*) how='ask entity storage' ;;
    'storage replace:'0) how='ask entity storage' ;;
    'storage delete:'*) how='ask entity storage' ;;
    'storage online:'*) how='ask entity storage online' ;;
    'storage offline:'*) how='ask entity storage offline' ;;
    'storage backup:'*) how='ask entity storage backup' ;;
    'storage snapshot:'*) how='ask entity storage snapshot' ;;
    'storage resize:'*) how='ask entity storage resize' ;;
    'storage trigger:'0) how='ask action storage' ;;
    'storage trigger:'*) how='ask entity storage -' ;;
    'storage link:'0) how='ask entity storage' ;;
    'storage link:'1) how='ask entity' ;;
    'storage unlink:'0) how='ask entity storage' ;;
    'storage unlink:'1) how='ask entity' ;;
    'storage wait:'*) how='ask entity storage' ;;
    'link describe:'*) how='ask entity' ;;
    'link create:'0) how='ask entity' ;;
    'link create:'1) how='ask entity' ;;
    'link delete:'*) how='ask entity' ;;
    'ip attach:'0) how='ask entity compute' ;;
    'ip detach:'0) how='ask entity compute' ;;
    'ssh:'0) how='ask entity compute' ;;
    'wait:'*) how='ask entity' ;;
    'stack import:'1) how='ask entity' ;;
    'graph:'*) how='ask entity' ;;
    'mixin describe:'0) how='ask mixin' ;;
    'mixin delete:'0) how='ask mixin' ;;
    'mixin attach:'0) how='ask mixin' ;;
    'mixin attach:'*) how='ask entity' ;;
    'mixin detach:'0) how='ask mixin' ;;
    'mixin detach:'*) how='ask entity' ;;
    'mixin set:'0) how='ask mixin' ;;
    'mixin set:'*) how='ask entity' ;;
    'mixin members:'0) how='ask mixin' ;;
    'model describe:'0) how='ask category' ;;
    'model diff:'0) how='ask context' ;;
    'model diff:'1) how='ask context' ;;
    'explain:'0) how='ask explainable' ;;
    'schema:'0) how='words entity category changed event error warning stack' ;;
    'completion install:'0) how='words bash zsh fish' ;;
    'context use:'0) how='ask context' ;;
    'context show:'0) how='ask context' ;;
    'context set:'0) how='ask context' ;;
    'context rename:'0) how='ask context' ;;
    'context remove:'*) how='ask context' ;;
    'context alias:'0) how='ask context' ;;
    'context alias:'1) how='words os size network' ;;
    'context test:'0) how='ask context' ;;
    'context import:'0) how='file' ;;
    'context trust:'0) how='folder' ;;
    'context untrust:'0) how='folder' ;;
    'doctor:'*) how='ask context' ;;
    'convert:'0) how='file' ;;
    'image describe:'0) how='ask mixin' ;;
    'size describe:'0) how='ask mixin' ;;
    'flavor describe:'0) how='ask mixin' ;;
    'use:'0) how='ask context' ;;
    'help:'0) how='words compute network storage link ip ssh wait stack graph mixin model explain schema completion man sandbox translate context auth config doctor history cache list-path delete-path api convert addressing auth ci cookbook environment exit-codes formatting guarantees migrating options output plugins providers rocci security sites stacks troubleshooting' ;;
  esac
}

# Sets the options of command $1.
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
    'storage create') options='--size --title --summary --mixin --attribute --no-validate --id --count --any-of --spread --if-not-exists --keep-on-failure --wait --wait-timeout' ;;
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
  options="$options --output --columns --sort --no-header --query --template --csv-formulas --endpoint --context --all-contexts --site-timeout --auth --username --password-stdin --token --token-stdin --header --timeout --connect-timeout --completion-requests --proxy --retries --deadline --max-response --ca-file --ca-path --ca-system --insecure --tls-max-version --media-type --provider --concurrency --no-cache --yes --trust-project --dry-run --curl --no-input --quiet --verbose --trace --record --color --no-color --help --allow-plain-http --first-method --password --digest-qop --token-header --token-command --user-cert --user-cred --user-key --passphrase --access-token --oidc-account --oidc-issuer --oidc-discovery --oidc-client-id --oidc-client-secret --oidc-scope --oidc-grant --refresh-token --auth-url --os-cloud --auth-type --keystone-version --user-id --user-domain --user-domain-id --default-domain --default-domain-id --project --project-id --project-domain --project-domain-id --project-auto --domain --domain-id --system-scope --trust-id --unscoped --application-credential-id --application-credential-name --application-credential-secret --passcode --identity-provider --protocol --voms --region --interface --password-file --password-command --passphrase-file --passphrase-command --keyring"
}

# Sets the verbs of noun $1.
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

# Offers those of the lines of $1 that begin with $cur, as one word each.
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

_occi_ask() {
  # Values come from occi's caches; nothing is said when it fails.
  _occi_offer "$(command occi __complete $1 -- "${words[@]}" 2>/dev/null </dev/null)"
}

_occi_files() {
  local line
  compopt -o filenames 2>/dev/null
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$1" -- "$cur")
}

_occi_how() {
  case "$how" in
    words\ *) _occi_offer "$(printf '%s\n' ${how#words })" ;;
    ask\ *) _occi_ask "${how#ask }" ;;
    file) _occi_files -f ;;
    folder) _occi_files -d ;;
  esac
}

# Words as the user wrote them: bash splits them at = and :, which options and URLs are full of.
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
  local words raw cur full before how options verbs noun= verb= command= word skip= count=0 index
  COMPREPLY=()
  _occi_words
  full=${words[${#words[@]}-1]}
  cur=$full

  for ((index = 1; index < ${#words[@]} - 1; index++)); do
    word=${words[index]}
    if [[ -n $skip ]]; then skip=; continue; fi
    case "$word" in
      -*)
        case " --access-token --address --allocation --any-of --application-credential-id --application-credential-name --application-credential-secret --applies-to --architecture --as --attribute --auth --auth-type --auth-url --ca-file --ca-path --cloud --columns --concurrency --connect-timeout --context --cores --count --csv-formulas --data --deadline --default-domain --default-domain-id --digest-qop --domain --domain-id --endpoint --fail --field --file --filter --first-method --for --from --gateway --group --header --hostname --id --identity --identity-provider --interface --keep --keep-password --keystone-version --kind --label --latency --limit --location --lock-timeout --machines --max-response --media-type --memory --method --mixin --mountpoint --name --network --of --oidc-account --oidc-client-id --oidc-client-secret --oidc-discovery --oidc-grant --oidc-issuer --oidc-scope --os --os-cloud --outcome --output --passcode --passphrase --passphrase-command --passphrase-file --password --password-command --password-file --pool --port --project --project-domain --project-domain-id --project-id --protocol --provider --proxy --proxy-jump --query --raw-field --record --refresh-token --region --replace --retries --save-as --scan --scheme --search --site-timeout --size --sort --speed --ssh-key --ssh-option --stack --state --storage --summary --system-scope --template --timeout --title --tls-max-version --to --token --token-command --token-header --trust-id --unset --user --user-cert --user-cred --user-data --user-domain --user-domain-id --user-id --user-key --username --var --var-file --vlan --wait-timeout --where -F -J -d -e -f -i -o -p -u " in *" $word "*) skip=$word ;; esac
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
    _occi_how
  elif [[ $cur == --*=* ]]; then
    _occi_option_value "$command" "${cur%%=*}"
    cur=${cur#*=}
    _occi_how
  elif [[ $cur == -* ]]; then
    _occi_options "$command"
    _occi_offer "$(printf '%s\n' $options)"
  elif [[ -z $noun ]]; then
    _occi_offer "$(printf '%s\n' compute network storage link ip ssh wait stack graph mixin model explain schema completion man sandbox translate context auth config doctor history cache list-path delete-path api convert help vm server volume image images size sizes flavor flavors ps vms servers networks volumes kinds contexts use login logout whoami $(_occi_plugins))"
    if [[ ${#COMPREPLY[@]} -eq 0 ]]; then _occi_ask noun; fi
  elif [[ -z $verb && -n $verbs ]]; then
    _occi_offer "$(printf '%s\n' $verbs)"
    if [[ ${#COMPREPLY[@]} -eq 0 ]]; then _occi_ask "verb $noun"; fi
  elif [[ -z $verb && ! " compute network storage link ip ssh wait stack graph mixin model explain schema completion man sandbox translate context auth config doctor history cache list-path delete-path api convert help vm server volume image images size sizes flavor flavors ps vms servers networks volumes kinds contexts use login logout whoami " == *" $noun "* ]]; then
    _occi_ask "verb $noun"
  else
    _occi_argument "$command" "$count"
    if [[ -z $how && ! " compute network storage link ip ssh wait stack graph mixin model explain schema completion man sandbox translate context auth config doctor history cache list-path delete-path api convert help vm server volume image images size sizes flavor flavors ps vms servers networks volumes kinds contexts use login logout whoami " == *" $noun "* ]]; then how="ask entity $noun"; fi
    _occi_how
  fi

  # Of the word bash replaces only what stands after the last = or :, which is where its own words end.
  # An @ is a word of its own, too, but it is replaced together with what follows it.
  if [[ ${full%"$raw"} == *@ ]]; then raw=@$raw; fi
  before=${full%"$cur"}
  for index in "${!COMPREPLY[@]}"; do
    word=$before${COMPREPLY[index]}
    COMPREPLY[index]=${word#"${full%"$raw"}"}
  done
  # The value of an attribute follows at once.
  if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}

complete -F _occi occi
