/** The texts of --help and --examples in rOCCI-cli's form. */
import { rocciOptions } from './options.js'

export function usageText(): string {
  const rows = rocciOptions.map(({ short, long, meta, description }) => {
    const label = `-${short}, --${long}${meta === undefined ? '' : ` ${meta}`}`
    return `    ${label.padEnd(32)} ${description}`
  })
  return `Usage: occi [OPTIONS]     (rOCCI-cli's form; \`occi --help\` shows the new one)\n\nOptions:\n${rows.join('\n')}\n`
}

const where = 'occi --endpoint http://localhost:3000/'

export const examplesText = `# Look around
${where} --action list --resource os_tpl
${where} --action describe --resource compute

# Create, trigger, link, delete
${where} --action create --resource compute --mixin os_tpl#debian6 --mixin resource_tpl#small --attribute occi.core.title="My VM"
${where} --action trigger --resource /compute/ID --trigger-action stop
${where} --action link --resource /compute/ID --link /network/ID
${where} --action unlink --resource /link/networkinterface/ID
${where} --action delete --resource /compute/ID

# Log in
${where} --auth basic --username USER --action list --resource compute
${where} --auth x509 --user-cred ~/.globus/usercred.pem --action list --resource compute
${where} --auth x509 --user-cred /tmp/x509up_u1000 --voms --action list --resource compute

# The same in the new form: occi translate 'occi --endpoint … --action …'
`
