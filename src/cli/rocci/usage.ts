/** The texts of --help and --examples in the form of rOCCI-cli. */
import { rocciOptions } from './options.js'

export function usageText(): string {
  const rows = rocciOptions.map(({ short, long, meta, description }) => {
    const label = `-${short}, --${long}${meta === undefined ? '' : ` ${meta}`}`
    return `    ${label.padEnd(32)} ${description}`
  })
  return `Usage: occi [OPTIONS]     (the form of rOCCI-cli; \`occi --help\` shows the new one)\n\nOptions:\n${rows.join('\n')}\n`
}

const command = 'occi --endpoint http://localhost:3000/'

export const examplesText = `# Look around
${command} --action list --resource os_tpl
${command} --action describe --resource compute

# Create, trigger, link, delete
${command} --action create --resource compute --mixin os_tpl#debian6 --mixin resource_tpl#small --attribute occi.core.title="My VM"
${command} --action trigger --resource /compute/ID --trigger-action stop
${command} --action link --resource /compute/ID --link /network/ID
${command} --action unlink --resource /link/networkinterface/ID
${command} --action delete --resource /compute/ID

# Log in
${command} --auth basic --username USER --action list --resource compute
${command} --auth x509 --user-cred ~/.globus/usercred.pem --action list --resource compute
${command} --auth x509 --user-cred /tmp/x509up_u1000 --voms --action list --resource compute

# To translate a command to the new form: occi translate 'occi --endpoint … --action …'
`
