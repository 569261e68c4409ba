# PowerShell completion for occi. Generated from the command definitions: occi __docs. Do not edit.
# Use: occi completion powershell | Out-String | Invoke-Expression, e.g. in $PROFILE
# Written after PowerShell's documentation and not yet run in a PowerShell: reports are welcome.

Register-ArgumentCompleter -Native -CommandName occi -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)

  $valued = @('--access-token', '--address', '--allocation', '--application-credential-id', '--application-credential-name', '--application-credential-secret', '--applies-to', '--architecture', '--as', '--attribute', '--auth', '--auth-type', '--auth-url', '--ca-file', '--ca-path', '--cloud', '--columns', '--concurrency', '--context', '--cores', '--count', '--data', '--deadline', '--default-domain', '--default-domain-id', '--digest-qop', '--domain', '--domain-id', '--endpoint', '--filter', '--for', '--from', '--gateway', '--header', '--hostname', '--id', '--identity', '--identity-provider', '--interface', '--keystone-version', '--kind', '--label', '--latency', '--limit', '--location', '--max-response', '--media-type', '--memory', '--method', '--mixin', '--mountpoint', '--name', '--network', '--of', '--oidc-account', '--oidc-client-id', '--oidc-client-secret', '--oidc-discovery', '--oidc-grant', '--oidc-issuer', '--oidc-scope', '--os', '--os-cloud', '--outcome', '--output', '--passcode', '--passphrase', '--passphrase-command', '--passphrase-file', '--password', '--password-command', '--password-file', '--pool', '--port', '--project', '--project-domain', '--project-domain-id', '--project-id', '--protocol', '--provider', '--proxy-jump', '--query', '--refresh-token', '--region', '--retries', '--scheme', '--search', '--size', '--sort', '--speed', '--ssh-key', '--ssh-option', '--state', '--storage', '--summary', '--system-scope', '--template', '--timeout', '--title', '--tls-max-version', '--to', '--token', '--token-command', '--token-header', '--trust-id', '--unset', '--user', '--user-cert', '--user-cred', '--user-data', '--user-domain', '--user-domain-id', '--user-id', '--user-key', '--username', '--vlan', '--wait-timeout', '--where', '-J', '-d', '-e', '-i', '-o', '-p', '-u')
  $nouns = [ordered]@{
    'compute' = 'virtual machines: create, start, stop, link, …'
    'network' = 'networks'
    'storage' = 'volumes'
    'link' = 'what connects machines with networks and volumes'
    'ip' = 'public addresses: list, attach, detach'
    'ssh' = 'log in to a machine, or run a command there'
    'wait' = 'until things are ready, gone, or answer at a port'
    'mixin' = 'images, sizes and other mixins'
    'model' = 'kinds, mixins and actions with their attributes'
    'explain' = 'a kind, an image, an attribute: types, defaults, who adds it'
    'schema' = 'JSON Schema of what -o json prints'
    'completion' = 'completion for bash, zsh, fish and PowerShell'
    'sandbox' = 'a practice cloud on this machine'
    'translate' = 'rOCCI-cli''s command lines in the new form'
    'context' = 'endpoints and logins by name: add, use, list, test, import'
    'auth' = 'who you are here: status, login, logout, explain'
    'config' = 'which settings count here, and why'
    'history' = 'what was sent to change something, and how it ended'
    'cache' = 'forget what is kept of providers'
    'list' = 'what lies below a path'
    'delete' = 'delete everything below a path'
    'api' = 'any request, signed'
    'parse' = 'an OCCI message as JSON'
    'render' = 'an OCCI message in another rendering'
    'help' = 'help on a command or topic'
  }
  $verbs = @{
    'compute' = [ordered]@{
      'list' = 'List virtual machines'
      'describe' = 'Show all about a virtual machine'
      'create' = 'Create a virtual machine'
      'update' = 'Change title, attributes or mixins of a virtual machine'
      'replace' = 'Replace title, attributes and mixins of a virtual machine as a whole'
      'delete' = 'Delete a virtual machine, or all of them'
      'start' = 'Start a virtual machine'
      'stop' = 'Stop a virtual machine'
      'restart' = 'Restart a virtual machine'
      'suspend' = 'Suspend a virtual machine'
      'save' = 'Save a virtual machine as an image'
      'trigger' = 'Trigger an action on a virtual machine'
      'link' = 'Link a virtual machine with something else'
      'unlink' = 'Take a link of a virtual machine away'
      'wait' = 'Wait until a virtual machine is in a state'
      'ip' = 'Print the addresses of a virtual machine, one a line'
      'ssh' = 'Log in to a virtual machine with ssh, or run a command there'
    }
    'network' = [ordered]@{
      'list' = 'List networks'
      'describe' = 'Show all about a network'
      'create' = 'Create a network'
      'update' = 'Change title, attributes or mixins of a network'
      'replace' = 'Replace title, attributes and mixins of a network as a whole'
      'delete' = 'Delete a network, or all of them'
      'up' = 'Bring a network up'
      'down' = 'Take a network down'
      'trigger' = 'Trigger an action on a network'
      'link' = 'Link a network with something else'
      'unlink' = 'Take a link of a network away'
      'wait' = 'Wait until a network is in a state'
    }
    'storage' = [ordered]@{
      'list' = 'List volumes'
      'describe' = 'Show all about a volume'
      'create' = 'Create a volume'
      'update' = 'Change title, attributes or mixins of a volume'
      'replace' = 'Replace title, attributes and mixins of a volume as a whole'
      'delete' = 'Delete a volume, or all of them'
      'online' = 'Take a volume online'
      'offline' = 'Take a volume offline'
      'backup' = 'Back a volume up'
      'snapshot' = 'Take a snapshot of a volume'
      'resize' = 'Change the size of a volume'
      'trigger' = 'Trigger an action on a volume'
      'link' = 'Link a volume with something else'
      'unlink' = 'Take a link of a volume away'
      'wait' = 'Wait until a volume is in a state'
    }
    'link' = [ordered]@{
      'list' = 'List links'
      'describe' = 'Show all about a link'
      'create' = 'Link two resources of any kind'
      'delete' = 'Delete a link; what was linked stays'
    }
    'ip' = [ordered]@{
      'list' = 'List addresses and the machines that have them'
      'attach' = 'Give a virtual machine a public address'
      'detach' = 'Take a public address away from a virtual machine'
    }
    'mixin' = [ordered]@{
      'list' = 'List mixins: images, sizes and others'
      'describe' = 'Show all about a mixin'
      'create' = 'Define a mixin of your own, a tag'
      'delete' = 'Remove a mixin of your own; resources that have it stay, without it'
      'attach' = 'Put a mixin on resources'
      'detach' = 'Take a mixin off resources'
      'set' = 'Make these resources, and no others, have a mixin'
      'members' = 'List the resources that have a mixin'
    }
    'model' = [ordered]@{
      'list' = 'List everything the provider offers'
      'kinds' = 'List kinds'
      'mixins' = 'List mixins'
      'actions' = 'List actions'
      'describe' = 'Show all about a kind, mixin or action'
      'diff' = 'Compare what two providers offer'
    }
    'sandbox' = [ordered]@{
      'serve' = 'Run a practice cloud until Ctrl-C, on this machine only'
      'reset' = 'Forget everything in the practice cloud behind "sandbox:"'
      'tour' = 'Show the life of a machine, from image to deletion, against a sandbox of its own'
    }
    'context' = [ordered]@{
      'add' = 'Keep an endpoint and how to log in there under a name'
      'use' = 'Use a context from now on, in every terminal'
      'list' = 'List contexts; the one in use has a star'
      'show' = 'Show the settings of a context, secrets as stars'
      'set' = 'Change settings of a context'
      'rename' = 'Give a context another name'
      'remove' = 'Forget contexts with all they hold'
      'test' = 'Log in with a context and ask what the provider offers'
      'import' = 'Make contexts from clouds.yaml, an openrc file or Roboconf’s target.properties'
    }
    'auth' = [ordered]@{
      'login' = 'Log in, and keep what the method lets be kept'
      'status' = 'Show who you are to the provider: method, subject, project, time left'
      'logout' = 'Forget the kept token, and revoke it where the server can'
      'token' = 'Print the token that is sent, for other programs'
      'explain' = 'Show each step of the login: what was asked, where, and what it answered'
    }
    'config' = [ordered]@{
      'explain' = 'Show each setting with its value and where it comes from'
      'path' = 'Show where configuration, caches and state are kept'
    }
    'cache' = [ordered]@{
      'clear' = 'Forget cached models and tokens, and what completion knows'
    }
  }
  $globals = [ordered]@{
    '--output' = 'table, wide, json, jsonl, yaml, csv, tsv, name, id, url, ip, value, env, text/plain, text/occi, occi+json'
    '--columns' = 'columns to print, by key: name,state,occi.compute.cores'
    '--sort' = 'sort by a column; -KEY sorts downwards'
    '--no-header' = 'print no line of headings'
    '--query' = 'JMESPath expression over the JSON form'
    '--template' = 'a line for each record, with {{name}}, {{occi.compute.cores}} and the like replaced'
    '--endpoint' = 'the provider; "sandbox:" is the practice cloud on this machine'
    '--context' = 'the context whose settings are used'
    '--auth' = 'how to log in: auto, none, basic, token, …'
    '--username' = 'user name'
    '--password-stdin' = 'read the password from standard input'
    '--token' = 'a token; OCCI_TOKEN keeps it out of the process list'
    '--header' = 'add a header to every request'
    '--timeout' = 'wait this long for an answer: 30s, 2m'
    '--retries' = 'send again so often what can be sent again without harm; 0: everything once only'
    '--deadline' = 'give a request up after this long, repetitions included: 30s, 5m'
    '--max-response' = 'refuse longer answers: 64M, 1G'
    '--ca-file' = 'certificates of the authorities to trust (PEM)'
    '--ca-path' = 'folder of such certificates, as /etc/grid-security/certificates'
    '--ca-system' = 'trust the operating system''s authorities, too'
    '--insecure' = 'do not check the server''s certificate'
    '--tls-max-version' = 'newest TLS to use; TLSv1.2 for servers that ask for a certificate after the handshake'
    '--media-type' = 'speak this rendering: text/plain, text/occi, json, json-1.1'
    '--provider' = 'treat the server as this one, instead of recognising it'
    '--concurrency' = 'how many requests at a time, 1 to 100'
    '--no-cache' = 'neither read nor write caches'
    '--yes' = 'answer yes to every question'
    '--dry-run' = 'check everything and show the requests that would change something, without sending them'
    '--curl' = 'the same as commands for curl; secrets stay out, as shell variables'
    '--no-input' = 'never ask; fail where an answer would be needed'
    '--quiet' = 'say nothing but results and errors'
    '--verbose' = 'show requests, timings and what had to be tolerated'
    '--trace' = 'the whole exchange on standard error or to FILE, without secrets'
    '--color' = 'auto, always or never'
    '--no-color' = 'the same as --color=never'
    '--help' = 'show help'
    '--allow-plain-http' = 'send passwords and tokens over http: too, where anybody on the way can read them'
    '--password' = 'password'
    '--digest-qop' = 'auth (default) or auth-int, where the server offers both'
    '--token-header' = 'header that carries it: X-Auth-Token (default), Auth-Token, or Authorization (Bearer)'
    '--token-command' = 'command whose output is the token; run again when the server refuses the last one'
    '--user-cert' = 'client certificate: PEM (with or without the key), PKCS#12 or proxy; default: X509_USER_PROXY, X509_USER_CERT, /tmp/x509up_uUID, ~/.globus'
    '--user-cred' = 'the same by rOCCI-cli''s name'
    '--user-key' = 'its private key, when in another file'
    '--passphrase' = 'passphrase of the private key or PKCS#12 file'
    '--access-token' = 'OpenID Connect access token'
    '--oidc-account' = 'account of oidc-agent (its socket is in OIDC_SOCK)'
    '--oidc-issuer' = 'URL of the OpenID Connect issuer'
    '--oidc-discovery' = 'URL of the issuer''s openid-configuration, when it is not below the issuer'
    '--oidc-client-id' = 'client id'
    '--oidc-client-secret' = 'client secret'
    '--oidc-scope' = 'scopes to ask for (default: openid profile, for logins also offline_access)'
    '--oidc-grant' = 'device (default), client-credentials or password'
    '--refresh-token' = 'refresh token'
    '--auth-url' = 'URL of Keystone; default: named by the endpoint'
    '--os-cloud' = 'a cloud of clouds.yaml (and secure.yaml) to take all this from'
    '--auth-type' = 'method by keystoneauth''s name: password, token, v3applicationcredential, v3totp, v3voms …'
    '--keystone-version' = '3 (default where offered) or 2'
    '--user-id' = 'user by id instead of by name'
    '--user-domain' = 'name of the user''s domain'
    '--user-domain-id' = 'id of the user''s domain'
    '--default-domain' = 'name of the domain of user and project where none is given'
    '--default-domain-id' = 'id of the domain of user and project where none is given (default: default)'
    '--project' = 'project (tenant) by name or id'
    '--project-id' = 'project (tenant) by id'
    '--project-domain' = 'name of the project''s domain'
    '--project-domain-id' = 'id of the project''s domain'
    '--project-auto' = 'of several projects take the first that gives a token, as rOCCI-cli does'
    '--domain' = 'scope: a domain by name'
    '--domain-id' = 'scope: a domain by id'
    '--system-scope' = 'scope: the system ("all")'
    '--trust-id' = 'scope: a trust'
    '--unscoped' = 'no scope at all'
    '--application-credential-id' = 'application credential by id'
    '--application-credential-name' = 'application credential by name (with the user)'
    '--application-credential-secret' = 'secret of the application credential'
    '--passcode' = 'one-time code (totp)'
    '--identity-provider' = 'federation: identity provider (default egi.eu)'
    '--protocol' = 'federation: protocol (default mapped for certificates; openid, then oidc for tokens)'
    '--voms' = 'log in with the client certificate (VOMS proxy)'
    '--region' = 'region in the service catalogue'
    '--interface' = 'interface in the service catalogue: public (default), internal, admin'
    '--password-file' = 'file that holds the password and that nobody else can read'
    '--password-command' = 'command for the shell that prints the password: "pass show cloud"'
    '--passphrase-file' = 'file that holds the passphrase and that nobody else can read'
    '--passphrase-command' = 'command for the shell that prints the passphrase: "pass show cloud"'
    '--keyring' = 'take the password from the keyring of the system; "occi auth login --keyring" puts it there'
  }
  $options = @{
    'compute list' = [ordered]@{
      '--mixin' = 'only those with this mixin: an image, a size, a tag'
      '--attribute' = 'only those with this attribute'
      '--where' = 'those virtual machines that fit: state=inactive, name=old*, cores>=4, size!=small; all of several must hold'
      '--watch' = 'look again, every 2s or INTERVAL, and show what changed; Ctrl-C ends it'
    }
    'compute describe' = [ordered]@{
      '--where' = 'those virtual machines that fit: state=inactive, name=old*, cores>=4, size!=small; all of several must hold'
      '--watch' = 'look again, every 2s or INTERVAL, and show what changed; Ctrl-C ends it'
    }
    'compute create' = [ordered]@{
      '--os' = 'the image, by term, title or identifier ("occi mixin list --of os_tpl")'
      '--size' = 'the size, by term, title or identifier ("occi mixin list --of resource_tpl")'
      '--ssh-key' = 'public key to log in with; "-" reads standard input'
      '--user-data' = 'script or cloud-config for the first start, several as MIME multipart; "-" reads standard input'
      '--network' = 'connect it with this network'
      '--storage' = 'attach this volume: data, or data:/dev/vdb'
      '--cores' = 'number of CPU cores'
      '--memory' = 'memory: 4 (GiB), 4G, 512M'
      '--architecture' = 'x86 or x64'
      '--hostname' = 'its host name'
      '--title' = 'a name for people'
      '--summary' = 'what it is for'
      '--mixin' = 'a further mixin, by term, title or identifier'
      '--attribute' = 'an attribute; NAME:=JSON for a value of a given type; commas belong to the value'
      '--id' = 'where it is to be: an id or a path of your choice, where the provider takes one'
      '--count' = 'create so many, alike; titles are numbered: web-1, web-2'
      '--if-not-exists' = 'when one of this title is there, show it and create nothing'
      '--keep-on-failure' = 'when a later step fails, keep what was created instead of deleting it again'
      '--wait' = 'wait until it is active, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'compute update' = [ordered]@{
      '--os' = 'the image, by term, title or identifier ("occi mixin list --of os_tpl")'
      '--size' = 'the size, by term, title or identifier ("occi mixin list --of resource_tpl")'
      '--cores' = 'number of CPU cores'
      '--memory' = 'memory: 4 (GiB), 4G, 512M'
      '--architecture' = 'x86 or x64'
      '--hostname' = 'its host name'
      '--title' = 'a new title'
      '--summary' = 'a new summary'
      '--mixin' = 'a mixin to put on; a new image or size replaces the old one'
      '--attribute' = 'an attribute; NAME:=JSON for a value of a given type; commas belong to the value'
      '--where' = 'those virtual machines that fit: state=inactive, name=old*, cores>=4, size!=small; all of several must hold'
      '--wait' = 'wait until it is active, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'compute replace' = [ordered]@{
      '--os' = 'the image, by term, title or identifier ("occi mixin list --of os_tpl")'
      '--size' = 'the size, by term, title or identifier ("occi mixin list --of resource_tpl")'
      '--cores' = 'number of CPU cores'
      '--memory' = 'memory: 4 (GiB), 4G, 512M'
      '--architecture' = 'x86 or x64'
      '--hostname' = 'its host name'
      '--title' = 'the title'
      '--summary' = 'the summary'
      '--mixin' = 'a mixin that it is to have'
      '--attribute' = 'an attribute; NAME:=JSON for a value of a given type; commas belong to the value'
      '--wait' = 'wait until it is active, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'compute delete' = [ordered]@{
      '--where' = 'those virtual machines that fit: state=inactive, name=old*, cores>=4, size!=small; all of several must hold'
      '--all' = 'delete all virtual machines'
      '--wait' = 'wait until it is gone'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'compute start' = [ordered]@{
      '--attribute' = 'a parameter of the action'
      '--where' = 'those virtual machines that fit: state=inactive, name=old*, cores>=4, size!=small; all of several must hold'
      '--all' = 'on all virtual machines, as one request'
      '--wait' = 'wait until it is active, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'compute stop' = [ordered]@{
      '--method' = 'how: graceful, acpioff, poweroff'
      '--attribute' = 'a parameter of the action'
      '--where' = 'those virtual machines that fit: state=inactive, name=old*, cores>=4, size!=small; all of several must hold'
      '--all' = 'on all virtual machines, as one request'
      '--wait' = 'wait until it is inactive, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'compute restart' = [ordered]@{
      '--method' = 'how: graceful, warm, cold'
      '--attribute' = 'a parameter of the action'
      '--where' = 'those virtual machines that fit: state=inactive, name=old*, cores>=4, size!=small; all of several must hold'
      '--all' = 'on all virtual machines, as one request'
      '--wait' = 'wait until it is active, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'compute suspend' = [ordered]@{
      '--method' = 'how: hibernate, suspend'
      '--attribute' = 'a parameter of the action'
      '--where' = 'those virtual machines that fit: state=inactive, name=old*, cores>=4, size!=small; all of several must hold'
      '--all' = 'on all virtual machines, as one request'
      '--wait' = 'wait until it is suspended, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'compute save' = [ordered]@{
      '--method' = 'how: hot, deferred'
      '--name' = 'name of the image'
      '--attribute' = 'a parameter of the action'
      '--where' = 'those virtual machines that fit: state=inactive, name=old*, cores>=4, size!=small; all of several must hold'
      '--all' = 'on all virtual machines, as one request'
      '--wait' = 'wait until it is active, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'compute trigger' = [ordered]@{
      '--attribute' = 'a parameter of the action'
      '--where' = 'those virtual machines that fit: state=inactive, name=old*, cores>=4, size!=small; all of several must hold'
      '--all' = 'on all virtual machines, as one request'
      '--wait' = 'wait until it is where the action leads, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'compute link' = [ordered]@{
      '--kind' = 'kind of the link: networkinterface, storagelink, …'
      '--mountpoint' = 'where a volume appears: /dev/vdb'
      '--address' = 'address in a network'
      '--mixin' = 'a mixin of the link'
      '--attribute' = 'an attribute; NAME:=JSON for a value of a given type; commas belong to the value'
      '--wait' = 'wait until it is active, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'compute unlink' = [ordered]@{
      '--wait' = 'wait until the link is gone'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'compute wait' = [ordered]@{
      '--for' = 'state=STATE (or just STATE), deleted, exists, ip, port=22 (somebody answers there), or NAME=VALUE of an attribute'
      '--timeout' = 'give up after this long; exit status 9'
      '--where' = 'those virtual machines that fit: state=inactive, name=old*, cores>=4, size!=small; all of several must hold'
    }
    'compute ip' = [ordered]@{
      '--public' = 'only addresses that can be reached from anywhere'
      '--private' = 'only addresses inside the cloud'
      '--ipv4' = 'only IPv4'
      '--ipv6' = 'only IPv6'
      '--where' = 'those virtual machines that fit: state=inactive, name=old*, cores>=4, size!=small; all of several must hold'
    }
    'compute ssh' = [ordered]@{
      '--user' = 'log in as this user'
      '--identity' = 'private key'
      '--port' = 'port'
      '--proxy-jump' = 'by way of this host'
      '--ssh-option' = 'any setting of ssh_config(5); -o means this here, the output format is --output'
      '--tty' = 'a terminal for the command, too'
      '--wait' = 'wait until the port answers; by way of another host, until there is an address'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
      '--public' = 'only addresses that can be reached from anywhere'
      '--private' = 'only addresses inside the cloud'
      '--ipv4' = 'only IPv4'
      '--ipv6' = 'only IPv6'
      '--print' = 'print the command instead of running it'
    }
    'network list' = [ordered]@{
      '--mixin' = 'only those with this mixin: an image, a size, a tag'
      '--attribute' = 'only those with this attribute'
      '--where' = 'those networks that fit: state=inactive, name=old*, vlan=5; all of several must hold'
      '--watch' = 'look again, every 2s or INTERVAL, and show what changed; Ctrl-C ends it'
    }
    'network describe' = [ordered]@{
      '--where' = 'those networks that fit: state=inactive, name=old*, vlan=5; all of several must hold'
      '--watch' = 'look again, every 2s or INTERVAL, and show what changed; Ctrl-C ends it'
    }
    'network create' = [ordered]@{
      '--address' = 'range of addresses: 10.0.0.0/24'
      '--gateway' = 'address of the gateway'
      '--allocation' = 'how addresses are given out'
      '--vlan' = 'VLAN, 0 to 4095'
      '--label' = 'label of the network'
      '--title' = 'a name for people'
      '--summary' = 'what it is for'
      '--mixin' = 'a further mixin, by term, title or identifier'
      '--attribute' = 'an attribute; NAME:=JSON for a value of a given type; commas belong to the value'
      '--id' = 'where it is to be: an id or a path of your choice, where the provider takes one'
      '--count' = 'create so many, alike; titles are numbered: web-1, web-2'
      '--if-not-exists' = 'when one of this title is there, show it and create nothing'
      '--keep-on-failure' = 'when a later step fails, keep what was created instead of deleting it again'
      '--wait' = 'wait until it is active, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'network update' = [ordered]@{
      '--vlan' = 'VLAN, 0 to 4095'
      '--label' = 'label of the network'
      '--title' = 'a new title'
      '--summary' = 'a new summary'
      '--mixin' = 'a mixin to put on; a new image or size replaces the old one'
      '--attribute' = 'an attribute; NAME:=JSON for a value of a given type; commas belong to the value'
      '--where' = 'those networks that fit: state=inactive, name=old*, vlan=5; all of several must hold'
      '--wait' = 'wait until it is active, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'network replace' = [ordered]@{
      '--vlan' = 'VLAN, 0 to 4095'
      '--label' = 'label of the network'
      '--title' = 'the title'
      '--summary' = 'the summary'
      '--mixin' = 'a mixin that it is to have'
      '--attribute' = 'an attribute; NAME:=JSON for a value of a given type; commas belong to the value'
      '--wait' = 'wait until it is active, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'network delete' = [ordered]@{
      '--where' = 'those networks that fit: state=inactive, name=old*, vlan=5; all of several must hold'
      '--all' = 'delete all networks'
      '--wait' = 'wait until it is gone'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'network up' = [ordered]@{
      '--attribute' = 'a parameter of the action'
      '--where' = 'those networks that fit: state=inactive, name=old*, vlan=5; all of several must hold'
      '--all' = 'on all networks, as one request'
      '--wait' = 'wait until it is active, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'network down' = [ordered]@{
      '--attribute' = 'a parameter of the action'
      '--where' = 'those networks that fit: state=inactive, name=old*, vlan=5; all of several must hold'
      '--all' = 'on all networks, as one request'
      '--wait' = 'wait until it is inactive, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'network trigger' = [ordered]@{
      '--attribute' = 'a parameter of the action'
      '--where' = 'those networks that fit: state=inactive, name=old*, vlan=5; all of several must hold'
      '--all' = 'on all networks, as one request'
      '--wait' = 'wait until it is where the action leads, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'network link' = [ordered]@{
      '--kind' = 'kind of the link: networkinterface, storagelink, …'
      '--mountpoint' = 'where a volume appears: /dev/vdb'
      '--address' = 'address in a network'
      '--mixin' = 'a mixin of the link'
      '--attribute' = 'an attribute; NAME:=JSON for a value of a given type; commas belong to the value'
      '--wait' = 'wait until it is active, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'network unlink' = [ordered]@{
      '--wait' = 'wait until the link is gone'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'network wait' = [ordered]@{
      '--for' = 'state=STATE (or just STATE), deleted, exists, ip, port=22 (somebody answers there), or NAME=VALUE of an attribute'
      '--timeout' = 'give up after this long; exit status 9'
      '--where' = 'those networks that fit: state=inactive, name=old*, vlan=5; all of several must hold'
    }
    'storage list' = [ordered]@{
      '--mixin' = 'only those with this mixin: an image, a size, a tag'
      '--attribute' = 'only those with this attribute'
      '--where' = 'those volumes that fit: state=inactive, name=old*, size>=10G; all of several must hold'
      '--watch' = 'look again, every 2s or INTERVAL, and show what changed; Ctrl-C ends it'
    }
    'storage describe' = [ordered]@{
      '--where' = 'those volumes that fit: state=inactive, name=old*, size>=10G; all of several must hold'
      '--watch' = 'look again, every 2s or INTERVAL, and show what changed; Ctrl-C ends it'
    }
    'storage create' = [ordered]@{
      '--size' = 'size: 10 (GiB), 10G, 500M, 1T'
      '--title' = 'a name for people'
      '--summary' = 'what it is for'
      '--mixin' = 'a further mixin, by term, title or identifier'
      '--attribute' = 'an attribute; NAME:=JSON for a value of a given type; commas belong to the value'
      '--id' = 'where it is to be: an id or a path of your choice, where the provider takes one'
      '--count' = 'create so many, alike; titles are numbered: web-1, web-2'
      '--if-not-exists' = 'when one of this title is there, show it and create nothing'
      '--keep-on-failure' = 'when a later step fails, keep what was created instead of deleting it again'
      '--wait' = 'wait until it is online, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'storage update' = [ordered]@{
      '--size' = 'size: 10 (GiB), 10G, 500M, 1T'
      '--title' = 'a new title'
      '--summary' = 'a new summary'
      '--mixin' = 'a mixin to put on; a new image or size replaces the old one'
      '--attribute' = 'an attribute; NAME:=JSON for a value of a given type; commas belong to the value'
      '--where' = 'those volumes that fit: state=inactive, name=old*, size>=10G; all of several must hold'
      '--wait' = 'wait until it is online, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'storage replace' = [ordered]@{
      '--size' = 'size: 10 (GiB), 10G, 500M, 1T'
      '--title' = 'the title'
      '--summary' = 'the summary'
      '--mixin' = 'a mixin that it is to have'
      '--attribute' = 'an attribute; NAME:=JSON for a value of a given type; commas belong to the value'
      '--wait' = 'wait until it is online, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'storage delete' = [ordered]@{
      '--where' = 'those volumes that fit: state=inactive, name=old*, size>=10G; all of several must hold'
      '--all' = 'delete all volumes'
      '--wait' = 'wait until it is gone'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'storage online' = [ordered]@{
      '--attribute' = 'a parameter of the action'
      '--where' = 'those volumes that fit: state=inactive, name=old*, size>=10G; all of several must hold'
      '--all' = 'on all volumes, as one request'
      '--wait' = 'wait until it is online, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'storage offline' = [ordered]@{
      '--attribute' = 'a parameter of the action'
      '--where' = 'those volumes that fit: state=inactive, name=old*, size>=10G; all of several must hold'
      '--all' = 'on all volumes, as one request'
      '--wait' = 'wait until it is offline, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'storage backup' = [ordered]@{
      '--attribute' = 'a parameter of the action'
      '--where' = 'those volumes that fit: state=inactive, name=old*, size>=10G; all of several must hold'
      '--all' = 'on all volumes, as one request'
      '--wait' = 'wait until it is online, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'storage snapshot' = [ordered]@{
      '--attribute' = 'a parameter of the action'
      '--where' = 'those volumes that fit: state=inactive, name=old*, size>=10G; all of several must hold'
      '--all' = 'on all volumes, as one request'
      '--wait' = 'wait until it is online, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'storage resize' = [ordered]@{
      '--size' = 'the new size: 10 (GiB), 10G, 1T'
      '--attribute' = 'a parameter of the action'
      '--where' = 'those volumes that fit: state=inactive, name=old*, size>=10G; all of several must hold'
      '--all' = 'on all volumes, as one request'
      '--wait' = 'wait until it is online, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'storage trigger' = [ordered]@{
      '--attribute' = 'a parameter of the action'
      '--where' = 'those volumes that fit: state=inactive, name=old*, size>=10G; all of several must hold'
      '--all' = 'on all volumes, as one request'
      '--wait' = 'wait until it is where the action leads, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'storage link' = [ordered]@{
      '--kind' = 'kind of the link: networkinterface, storagelink, …'
      '--mountpoint' = 'where a volume appears: /dev/vdb'
      '--address' = 'address in a network'
      '--mixin' = 'a mixin of the link'
      '--attribute' = 'an attribute; NAME:=JSON for a value of a given type; commas belong to the value'
      '--wait' = 'wait until it is active, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'storage unlink' = [ordered]@{
      '--wait' = 'wait until the link is gone'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'storage wait' = [ordered]@{
      '--for' = 'state=STATE (or just STATE), deleted, exists, ip, port=22 (somebody answers there), or NAME=VALUE of an attribute'
      '--timeout' = 'give up after this long; exit status 9'
      '--where' = 'those volumes that fit: state=inactive, name=old*, size>=10G; all of several must hold'
    }
    'link list' = [ordered]@{
      '--of' = 'only the links of this resource'
      '--kind' = 'only links of this kind'
      '--watch' = 'look again, every 2s or INTERVAL, and show what changed; Ctrl-C ends it'
    }
    'link describe' = [ordered]@{
      '--watch' = 'look again, every 2s or INTERVAL, and show what changed; Ctrl-C ends it'
    }
    'link create' = [ordered]@{
      '--kind' = 'kind of the link; default: by what is linked'
      '--mixin' = 'a mixin of the link'
      '--attribute' = 'an attribute; NAME:=JSON for a value of a given type; commas belong to the value'
      '--wait' = 'wait until it is active, or in the given state'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'link delete' = [ordered]@{
      '--wait' = 'wait until it is gone'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'ip list' = [ordered]@{
      '--public' = 'only addresses that can be reached from anywhere'
      '--private' = 'only addresses inside the cloud'
      '--ipv4' = 'only IPv4'
      '--ipv6' = 'only IPv6'
      '--watch' = 'look again, every 2s or INTERVAL, and show what changed; Ctrl-C ends it'
    }
    'ip attach' = [ordered]@{
      '--network' = 'the public network, where it cannot be told which it is'
      '--pool' = 'the pool of floating addresses, where there are several'
      '--address' = 'this address, where one can be chosen'
      '--wait' = 'wait until the address is there'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'ip detach' = [ordered]@{
      '--wait' = 'wait until the link is gone'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
    }
    'ssh' = [ordered]@{
      '--user' = 'log in as this user'
      '--identity' = 'private key'
      '--port' = 'port'
      '--proxy-jump' = 'by way of this host'
      '--ssh-option' = 'any setting of ssh_config(5); -o means this here, the output format is --output'
      '--tty' = 'a terminal for the command, too'
      '--wait' = 'wait until the port answers; by way of another host, until there is an address'
      '--wait-timeout' = 'give up waiting after this long; exit status 9'
      '--public' = 'only addresses that can be reached from anywhere'
      '--private' = 'only addresses inside the cloud'
      '--ipv4' = 'only IPv4'
      '--ipv6' = 'only IPv6'
      '--print' = 'print the command instead of running it'
    }
    'wait' = [ordered]@{
      '--for' = 'state=STATE (or just STATE), deleted, exists, ip, port=22 (somebody answers there), or NAME=VALUE of an attribute'
      '--timeout' = 'give up after this long; exit status 9'
    }
    'mixin list' = [ordered]@{
      '--of' = 'only those that depend on it: os_tpl (images), resource_tpl (sizes)'
      '--search' = 'only those with this in their term or title'
      '--applies-to' = 'only those that can be put on this kind'
    }
    'mixin describe' = [ordered]@{}
    'mixin create' = [ordered]@{
      '--scheme' = 'its scheme'
      '--title' = 'a name for people'
      '--location' = 'where its members are listed'
    }
    'mixin delete' = [ordered]@{}
    'mixin attach' = [ordered]@{}
    'mixin detach' = [ordered]@{}
    'mixin set' = [ordered]@{}
    'mixin members' = [ordered]@{}
    'model list' = [ordered]@{
      '--filter' = 'only this one and what is related to it, as the provider sees it'
      '--refresh' = 'ask the provider, whatever the cache holds'
    }
    'model kinds' = [ordered]@{
      '--filter' = 'only this one and what is related to it, as the provider sees it'
      '--refresh' = 'ask the provider, whatever the cache holds'
    }
    'model mixins' = [ordered]@{
      '--filter' = 'only this one and what is related to it, as the provider sees it'
      '--refresh' = 'ask the provider, whatever the cache holds'
    }
    'model actions' = [ordered]@{
      '--filter' = 'only this one and what is related to it, as the provider sees it'
      '--refresh' = 'ask the provider, whatever the cache holds'
    }
    'model describe' = [ordered]@{
      '--refresh' = 'ask the provider, whatever the cache holds'
    }
    'model diff' = [ordered]@{}
    'explain' = [ordered]@{}
    'schema' = [ordered]@{}
    'completion' = [ordered]@{}
    'sandbox serve' = [ordered]@{
      '--port' = 'port to listen on'
      '--auth' = 'what clients must log in with'
      '--state' = 'keep the cloud in this file'
      '--as' = 'behave like this server'
      '--speed' = 'how long machines take: 1 as usual, 0 not at all'
      '--latency' = 'wait this long before each answer: 20ms'
    }
    'sandbox reset' = [ordered]@{
      '--state' = 'the file to forget, of a cloud served with --state'
    }
    'sandbox tour' = [ordered]@{}
    'translate' = [ordered]@{}
    'context add' = [ordered]@{
      '--use' = 'use it from now on'
      '--replace' = 'replace a context of this name'
    }
    'context use' = [ordered]@{}
    'context list' = [ordered]@{}
    'context show' = [ordered]@{}
    'context set' = [ordered]@{
      '--unset' = 'forget a setting, by the name of its option: password'
    }
    'context rename' = [ordered]@{}
    'context remove' = [ordered]@{}
    'context test' = [ordered]@{}
    'context import' = [ordered]@{
      '--from' = 'what the file is'
      '--name' = 'name for the new context'
      '--cloud' = 'only this cloud of clouds.yaml'
      '--replace' = 'replace contexts of the same name'
    }
    'auth login' = [ordered]@{}
    'auth status' = [ordered]@{}
    'auth logout' = [ordered]@{}
    'auth token' = [ordered]@{}
    'auth explain' = [ordered]@{}
    'config explain' = [ordered]@{
      '--all' = 'also those that nobody has set'
    }
    'config path' = [ordered]@{}
    'history' = [ordered]@{
      '--limit' = 'the last N; 0 is all'
      '--outcome' = 'only those that ended so'
    }
    'cache clear' = [ordered]@{}
    'list' = [ordered]@{}
    'delete' = [ordered]@{
      '--all' = 'yes, everything that lies there'
      '--members' = 'also where PATH is a mixin''s collection: the resources that have it are deleted'
    }
    'api' = [ordered]@{
      '--data' = 'the body: text, @file, or - for standard input'
      '--include' = 'show status and headers before the body'
    }
    'parse' = [ordered]@{
      '--from' = 'how it is written; default: by what it looks like'
      '--to' = 'how to write it'
      '--strict' = 'by the letter of the standard: each tolerance is an error'
    }
    'render' = [ordered]@{
      '--from' = 'how it is written; default: by what it looks like'
      '--to' = 'how to write it'
      '--strict' = 'by the letter of the standard: each tolerance is an error'
    }
    'help' = [ordered]@{}
  }
  $values = @{
    ':--output' = 'words table wide json jsonl yaml csv tsv name id url ip value env pairs text/plain text/occi occi+json'
    ':-o' = 'words table wide json jsonl yaml csv tsv name id url ip value env pairs text/plain text/occi occi+json'
    ':--context' = 'ask context'
    ':--tls-max-version' = 'words TLSv1.2 TLSv1.3'
    ':--media-type' = 'words text/plain text/occi json json-1.1'
    ':--color' = 'words auto always never'
    'compute list:--mixin' = 'ask mixin'
    'compute list:--attribute' = 'ask attribute compute'
    'compute list:--where' = 'ask attribute compute'
    'compute describe:--where' = 'ask attribute compute'
    'compute create:--os' = 'ask mixin os_tpl'
    'compute create:--size' = 'ask mixin resource_tpl'
    'compute create:--network' = 'ask entity network'
    'compute create:--storage' = 'ask entity storage'
    'compute create:--mixin' = 'ask mixin'
    'compute create:--attribute' = 'ask attribute compute'
    'compute create:--wait' = 'ask state compute'
    'compute update:--os' = 'ask mixin os_tpl'
    'compute update:--size' = 'ask mixin resource_tpl'
    'compute update:--mixin' = 'ask mixin'
    'compute update:--attribute' = 'ask attribute compute'
    'compute update:--where' = 'ask attribute compute'
    'compute update:--wait' = 'ask state compute'
    'compute replace:--os' = 'ask mixin os_tpl'
    'compute replace:--size' = 'ask mixin resource_tpl'
    'compute replace:--mixin' = 'ask mixin'
    'compute replace:--attribute' = 'ask attribute compute'
    'compute replace:--wait' = 'ask state compute'
    'compute delete:--where' = 'ask attribute compute'
    'compute start:--attribute' = 'ask attribute compute'
    'compute start:--where' = 'ask attribute compute'
    'compute start:--wait' = 'ask state compute'
    'compute stop:--method' = 'words graceful acpioff poweroff'
    'compute stop:--attribute' = 'ask attribute compute'
    'compute stop:--where' = 'ask attribute compute'
    'compute stop:--wait' = 'ask state compute'
    'compute restart:--method' = 'words graceful warm cold'
    'compute restart:--attribute' = 'ask attribute compute'
    'compute restart:--where' = 'ask attribute compute'
    'compute restart:--wait' = 'ask state compute'
    'compute suspend:--method' = 'words hibernate suspend'
    'compute suspend:--attribute' = 'ask attribute compute'
    'compute suspend:--where' = 'ask attribute compute'
    'compute suspend:--wait' = 'ask state compute'
    'compute save:--method' = 'words hot deferred'
    'compute save:--attribute' = 'ask attribute compute'
    'compute save:--where' = 'ask attribute compute'
    'compute save:--wait' = 'ask state compute'
    'compute trigger:--attribute' = 'ask attribute compute'
    'compute trigger:--where' = 'ask attribute compute'
    'compute trigger:--wait' = 'ask state compute'
    'compute link:--kind' = 'ask kind'
    'compute link:--mixin' = 'ask mixin'
    'compute link:--attribute' = 'ask attribute link'
    'compute link:--wait' = 'ask state link'
    'compute wait:--for' = 'ask state compute'
    'compute wait:--where' = 'ask attribute compute'
    'compute ip:--where' = 'ask attribute compute'
    'network list:--mixin' = 'ask mixin'
    'network list:--attribute' = 'ask attribute network'
    'network list:--where' = 'ask attribute network'
    'network describe:--where' = 'ask attribute network'
    'network create:--allocation' = 'words dynamic static'
    'network create:--mixin' = 'ask mixin'
    'network create:--attribute' = 'ask attribute network'
    'network create:--wait' = 'ask state network'
    'network update:--mixin' = 'ask mixin'
    'network update:--attribute' = 'ask attribute network'
    'network update:--where' = 'ask attribute network'
    'network update:--wait' = 'ask state network'
    'network replace:--mixin' = 'ask mixin'
    'network replace:--attribute' = 'ask attribute network'
    'network replace:--wait' = 'ask state network'
    'network delete:--where' = 'ask attribute network'
    'network up:--attribute' = 'ask attribute network'
    'network up:--where' = 'ask attribute network'
    'network up:--wait' = 'ask state network'
    'network down:--attribute' = 'ask attribute network'
    'network down:--where' = 'ask attribute network'
    'network down:--wait' = 'ask state network'
    'network trigger:--attribute' = 'ask attribute network'
    'network trigger:--where' = 'ask attribute network'
    'network trigger:--wait' = 'ask state network'
    'network link:--kind' = 'ask kind'
    'network link:--mixin' = 'ask mixin'
    'network link:--attribute' = 'ask attribute link'
    'network link:--wait' = 'ask state link'
    'network wait:--for' = 'ask state network'
    'network wait:--where' = 'ask attribute network'
    'storage list:--mixin' = 'ask mixin'
    'storage list:--attribute' = 'ask attribute storage'
    'storage list:--where' = 'ask attribute storage'
    'storage describe:--where' = 'ask attribute storage'
    'storage create:--mixin' = 'ask mixin'
    'storage create:--attribute' = 'ask attribute storage'
    'storage create:--wait' = 'ask state storage'
    'storage update:--mixin' = 'ask mixin'
    'storage update:--attribute' = 'ask attribute storage'
    'storage update:--where' = 'ask attribute storage'
    'storage update:--wait' = 'ask state storage'
    'storage replace:--mixin' = 'ask mixin'
    'storage replace:--attribute' = 'ask attribute storage'
    'storage replace:--wait' = 'ask state storage'
    'storage delete:--where' = 'ask attribute storage'
    'storage online:--attribute' = 'ask attribute storage'
    'storage online:--where' = 'ask attribute storage'
    'storage online:--wait' = 'ask state storage'
    'storage offline:--attribute' = 'ask attribute storage'
    'storage offline:--where' = 'ask attribute storage'
    'storage offline:--wait' = 'ask state storage'
    'storage backup:--attribute' = 'ask attribute storage'
    'storage backup:--where' = 'ask attribute storage'
    'storage backup:--wait' = 'ask state storage'
    'storage snapshot:--attribute' = 'ask attribute storage'
    'storage snapshot:--where' = 'ask attribute storage'
    'storage snapshot:--wait' = 'ask state storage'
    'storage resize:--attribute' = 'ask attribute storage'
    'storage resize:--where' = 'ask attribute storage'
    'storage resize:--wait' = 'ask state storage'
    'storage trigger:--attribute' = 'ask attribute storage'
    'storage trigger:--where' = 'ask attribute storage'
    'storage trigger:--wait' = 'ask state storage'
    'storage link:--kind' = 'ask kind'
    'storage link:--mixin' = 'ask mixin'
    'storage link:--attribute' = 'ask attribute link'
    'storage link:--wait' = 'ask state link'
    'storage wait:--for' = 'ask state storage'
    'storage wait:--where' = 'ask attribute storage'
    'link list:--of' = 'ask entity'
    'link list:--kind' = 'ask kind'
    'link create:--kind' = 'ask kind'
    'link create:--mixin' = 'ask mixin'
    'link create:--attribute' = 'ask attribute link'
    'link create:--wait' = 'ask state link'
    'ip attach:--network' = 'ask entity network'
    'ip attach:--pool' = 'ask mixin'
    'wait:--for' = 'ask state '
    'mixin list:--of' = 'words os_tpl resource_tpl'
    'mixin list:--applies-to' = 'ask kind'
    'model list:--filter' = 'ask category'
    'model kinds:--filter' = 'ask category'
    'model mixins:--filter' = 'ask category'
    'model actions:--filter' = 'ask category'
    'sandbox serve:--auth' = 'words none basic token'
    'sandbox serve:--as' = 'words occi-1.2 occi-1.1 occi-os ooi rocci-server snf-occi erocci pyssf martserver'
    'context import:--from' = 'words clouds openrc roboconf'
    'history:--outcome' = 'words done refused not-sent unknown'
    'parse:--from' = 'words text/plain text/occi text/uri-list json json-1.1'
    'parse:--to' = 'words text/plain text/occi text/uri-list json json-1.1'
    'render:--from' = 'words text/plain text/occi text/uri-list json json-1.1'
    'render:--to' = 'words text/plain text/occi text/uri-list json json-1.1'
  }
  $arguments = @{
    'compute describe:*' = 'ask entity compute'
    'compute update:*' = 'ask entity compute'
    'compute replace:0' = 'ask entity compute'
    'compute delete:*' = 'ask entity compute'
    'compute start:*' = 'ask entity compute'
    'compute stop:*' = 'ask entity compute'
    'compute restart:*' = 'ask entity compute'
    'compute suspend:*' = 'ask entity compute'
    'compute save:*' = 'ask entity compute'
    'compute trigger:0' = 'ask action compute'
    'compute trigger:*' = 'ask entity compute'
    'compute link:0' = 'ask entity compute'
    'compute link:1' = 'ask entity'
    'compute unlink:0' = 'ask entity compute'
    'compute unlink:1' = 'ask entity'
    'compute wait:*' = 'ask entity compute'
    'compute ip:*' = 'ask entity compute'
    'compute ssh:0' = 'ask entity compute'
    'network describe:*' = 'ask entity network'
    'network update:*' = 'ask entity network'
    'network replace:0' = 'ask entity network'
    'network delete:*' = 'ask entity network'
    'network up:*' = 'ask entity network'
    'network down:*' = 'ask entity network'
    'network trigger:0' = 'ask action network'
    'network trigger:*' = 'ask entity network'
    'network link:0' = 'ask entity network'
    'network link:1' = 'ask entity'
    'network unlink:0' = 'ask entity network'
    'network unlink:1' = 'ask entity'
    'network wait:*' = 'ask entity network'
    'storage describe:*' = 'ask entity storage'
    'storage update:*' = 'ask entity storage'
    'storage replace:0' = 'ask entity storage'
    'storage delete:*' = 'ask entity storage'
    'storage online:*' = 'ask entity storage'
    'storage offline:*' = 'ask entity storage'
    'storage backup:*' = 'ask entity storage'
    'storage snapshot:*' = 'ask entity storage'
    'storage resize:*' = 'ask entity storage'
    'storage trigger:0' = 'ask action storage'
    'storage trigger:*' = 'ask entity storage'
    'storage link:0' = 'ask entity storage'
    'storage link:1' = 'ask entity'
    'storage unlink:0' = 'ask entity storage'
    'storage unlink:1' = 'ask entity'
    'storage wait:*' = 'ask entity storage'
    'link describe:*' = 'ask entity'
    'link create:0' = 'ask entity'
    'link create:1' = 'ask entity'
    'link delete:*' = 'ask entity'
    'ip attach:0' = 'ask entity compute'
    'ip detach:0' = 'ask entity compute'
    'ssh:0' = 'ask entity compute'
    'wait:*' = 'ask entity'
    'mixin describe:0' = 'ask mixin'
    'mixin delete:0' = 'ask mixin'
    'mixin attach:0' = 'ask mixin'
    'mixin attach:*' = 'ask entity'
    'mixin detach:0' = 'ask mixin'
    'mixin detach:*' = 'ask entity'
    'mixin set:0' = 'ask mixin'
    'mixin set:*' = 'ask entity'
    'mixin members:0' = 'ask mixin'
    'model describe:0' = 'ask category'
    'model diff:0' = 'ask context'
    'model diff:1' = 'ask context'
    'explain:0' = 'ask category'
    'schema:0' = 'words entity category changed event error'
    'completion:0' = 'words bash zsh fish powershell'
    'context use:0' = 'ask context'
    'context show:0' = 'ask context'
    'context set:0' = 'ask context'
    'context rename:0' = 'ask context'
    'context remove:*' = 'ask context'
    'context test:0' = 'ask context'
    'help:0' = 'words compute network storage link ip ssh wait mixin model explain schema completion sandbox translate context auth config history cache list delete api parse render addressing auth environment exit-codes formatting guarantees options output rocci security'
  }

  $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or ($wordToComplete -eq '' -and $_.Extent.EndOffset -le $cursorPosition) } | ForEach-Object { $_.ToString() })
  $noun = ''; $verb = ''; $command = ''; $skip = ''; $count = 0
  foreach ($word in ($words | Select-Object -Skip 1)) {
    if ($skip) { $skip = ''; continue }
    if ($word.StartsWith('-')) { if ($valued -ccontains $word) { $skip = $word } }
    elseif (-not $noun) { $noun = $word; $command = $noun }
    elseif (-not $verb -and ($verbs.ContainsKey($noun) -or -not $nouns.Contains($noun))) { $verb = $word; $command = "$noun $verb" }
    else { $count++ }
  }

  $prefix = ''
  $typed = $wordToComplete
  $results = @()
  function Ask($question) {
    # Values come from occi's caches; nothing is asked of the provider.
    & occi __complete @($question -split ' ') -- @words $wordToComplete 2>$null | ForEach-Object {
      $parts = $_ -split "`t", 2
      [pscustomobject]@{ Text = $parts[0]; Says = $(if ($parts.Count -gt 1) { $parts[1] } else { $parts[0] }) }
    }
  }
  function Offer($found) { $found.GetEnumerator() | ForEach-Object { [pscustomobject]@{ Text = $_.Key; Says = $_.Value } } }
  function How($how) {
    if ($how -like 'words *') { $how.Substring(6) -split ' ' | ForEach-Object { [pscustomobject]@{ Text = $_; Says = $_ } } }
    elseif ($how -like 'ask *') { Ask $how.Substring(4) }
  }
  function ValueOf($name) { if ($values.ContainsKey("${command}:$name")) { $values["${command}:$name"] } else { $values[":$name"] } }

  if ($skip) { $results = How (ValueOf $skip) }
  elseif ($typed -like '--*=*') {
    $name, $typed = $typed -split '=', 2
    $prefix = "$name="
    $results = How (ValueOf $name)
  }
  elseif ($typed.StartsWith('-')) {
    $results = @()
    if ($options.ContainsKey($command)) { $results += Offer $options[$command] }
    $results += Offer $globals
  }
  elseif (-not $noun) { $results = @(Offer $nouns) + @(Ask 'noun') }
  elseif (-not $verb -and $verbs.ContainsKey($noun)) { $results = @(Offer $verbs[$noun]) + @(Ask "verb $noun") }
  elseif (-not $verb -and -not $nouns.Contains($noun)) { $results = Ask "verb $noun" }
  else {
    $how = $arguments["${command}:$count"]
    if (-not $how) { $how = $arguments["${command}:*"] }
    if (-not $how -and -not $nouns.Contains($noun)) { $how = "ask entity $noun" }
    $results = How $how
  }

  $seen = @{}
  $results | Where-Object { $_ -and $_.Text -like "$([WildcardPattern]::Escape($typed))*" -and -not $seen.ContainsKey($_.Text) } | ForEach-Object {
    $seen[$_.Text] = $true
    $text = $_.Text
    if ($text -match '[\s''"`$;&|<>(){}]') { $text = "'" + $text.Replace("'", "''") + "'" }
    [System.Management.Automation.CompletionResult]::new($prefix + $text, $_.Text, 'ParameterValue', $_.Says)
  }
}
