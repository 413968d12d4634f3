// Starts `pfnspec lsp` and speaks with it; what the server offers, the editor shows.

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

// The program and its arguments, as the settings have them.
function program() {
  const settings = vscode.workspace.getConfiguration("pfnspec");
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
  const path = settings.get("path").replace("${workspaceFolder}", folder);
  return { command: path, args: ["lsp", ...settings.get("arguments")] };
}

async function start() {
  const run = program();
  client = new LanguageClient(
    "pfnspec",
    "pfnspec",
    { run, debug: run },
    {
      documentSelector: [{ language: "pfn" }],
      diagnosticCollectionName: "pfnspec",
      initializationOptions: { quickCheckMs: vscode.workspace.getConfiguration("pfnspec").get("quickCheckMs") },
    },
  );
  try {
    await client.start();
  } catch (fault) {
    complain(`\`${run.command} lsp\` does not start: ${fault?.message ?? fault}`);
  }
}

async function complain(text) {
  const settings = "Open the settings";
  if ((await vscode.window.showErrorMessage(`pfnspec: ${text}`, settings)) === settings) {
    vscode.commands.executeCommand("workbench.action.openSettings", "pfnspec.path");
  }
}

async function stop() {
  const old = client;
  client = undefined;
  if (old?.needsStop()) {
    await old.stop();
  }
}

// One after the other: settings may change while the server starts.
let turn = Promise.resolve();

function restart() {
  turn = turn.then(stop).then(start);
  return turn;
}

// Has the server do something with the model that is shown.
function ask(command) {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId === "pfn" && client?.isRunning()) {
    return vscode.commands.executeCommand(command, { uri: client.code2ProtocolConverter.asUri(document.uri) });
  }
}

// A task, so that the problem matcher puts what is found on the lines.
async function checkInTerminal() {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== "pfn" || !(await document.save())) {
    return;
  }
  const run = new vscode.ProcessExecution(program().command, ["check", "--format", "lines", document.fileName]);
  const scope = vscode.workspace.getWorkspaceFolder(document.uri) ?? vscode.TaskScope.Global;
  const task = new vscode.Task({ type: "pfnspec" }, scope, "check", "pfnspec", run, ["$pfnspec", "$pfnspec-expected"]);
  await vscode.tasks.executeTask(task);
}

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("pfnspec.checkModel", () => ask("pfnspec.check")),
    vscode.commands.registerCommand("pfnspec.traceModel", () => ask("pfnspec.trace")),
    vscode.commands.registerCommand("pfnspec.simulateModel", () => ask("pfnspec.simulate")),
    vscode.commands.registerCommand("pfnspec.cancelChecks", () => ask("pfnspec.cancel")),
    vscode.commands.registerCommand("pfnspec.restart", restart),
    vscode.commands.registerCommand("pfnspec.checkInTerminal", checkInTerminal),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("pfnspec.path") || change.affectsConfiguration("pfnspec.arguments")) {
        restart();
      }
    }),
  );
  await restart();
}

module.exports = { activate, deactivate: stop };
