-- The language server of pfnspec, for Neovim 0.7 and later.
--
--   require("pfnspec").setup()
--   require("pfnspec").setup({ cmd = { "/path/to/pfnspec", "lsp" }, on_attach = function(client, buffer) ... end })

local M = {}

-- The folder that a file belongs to: pfnspec's own idea of a project.
local marks = { ".git", "pyproject.toml", "pfnspec.toml" }

local function root_of(file)
  local folder = vim.fn.fnamemodify(file, ":p:h")
  local at = folder
  while true do
    for _, mark in ipairs(marks) do
      if vim.fn.filereadable(at .. "/" .. mark) == 1 or vim.fn.isdirectory(at .. "/" .. mark) == 1 then
        return at
      end
    end
    local above = vim.fn.fnamemodify(at, ":h")
    if above == at then
      return folder
    end
    at = above
  end
end

M.clients = {}

-- The client for a folder; nil, with a message, where the program does not start.
local function client_for(config)
  local id = M.clients[config.root_dir]
  local client = id and vim.lsp.get_client_by_id(id)
  if client and not client.is_stopped() then
    return id
  end
  id = vim.lsp.start_client(config)
  M.clients[config.root_dir] = id
  return id
end

-- Keeps the lenses of a buffer up to date from now on.  Called once the server is there: Neovim 0.7 never asks again
-- for the lenses of a buffer that was asked for them before.
function M.lenses(_, buffer)
  local group = vim.api.nvim_create_augroup("pfnspec_lenses", { clear = false })
  vim.api.nvim_clear_autocmds({ group = group, buffer = buffer })
  vim.api.nvim_create_autocmd({ "BufEnter", "CursorHold", "InsertLeave", "BufWritePost" }, {
    group = group,
    buffer = buffer,
    callback = function()
      vim.lsp.codelens.refresh()
    end,
  })
  vim.api.nvim_buf_call(buffer, vim.lsp.codelens.refresh)
end

local function attach(buffer, options)
  local config = vim.tbl_deep_extend("force", {
    name = "pfnspec",
    cmd = { vim.g.pfnspec_command or "pfnspec", "lsp" },
    root_dir = root_of(vim.api.nvim_buf_get_name(buffer)),
  }, options)
  config.on_attach = function(client, own)
    M.lenses(client, own)
    if options.on_attach then
      options.on_attach(client, own)
    end
  end
  if vim.fn.executable(config.cmd[1]) == 0 then
    vim.notify_once("pfnspec: there is no program " .. config.cmd[1], vim.log.levels.WARN)
    return
  end
  if vim.lsp.start then
    vim.lsp.start(config, { bufnr = buffer })
    return
  end
  local id = client_for(config)
  if id then
    vim.lsp.buf_attach_client(buffer, id)
  end
end

-- A text of the server's, in a window of its own.
local function show(_, answer)
  if type(answer) ~= "table" or not answer.text then
    vim.notify("pfnspec: there is nothing to show")
    return
  end
  vim.cmd("new")
  local buffer = vim.api.nvim_get_current_buf()
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(answer.text, "\n"))
  vim.bo[buffer].buftype, vim.bo[buffer].bufhidden, vim.bo[buffer].modifiable = "nofile", "wipe", false
end

local function ask(method, params, handler)
  vim.lsp.buf_request(0, method, params, handler)
end

local function this()
  return { uri = vim.uri_from_bufnr(0) }
end

-- The counterexamples of the model, or of a part of it: { uri, property, policy, scenario }.
function M.trace(part)
  ask("pfnspec/trace", part or this(), show)
end

-- One behaviour, by chance.
function M.simulate(part)
  ask("workspace/executeCommand", { command = "pfnspec.simulate", arguments = { part or this() } }, show)
end

-- What each way of waiting costs.
function M.cost(part)
  ask("workspace/executeCommand", { command = "pfnspec.cost", arguments = { part or this() } }, show)
end

-- Checks the model; what is found are diagnostics.
function M.check(part)
  ask("workspace/executeCommand", { command = "pfnspec.check", arguments = { part or this() } }, function() end)
end

-- Every *.pfn buffer gets the server; `options` are those of `:help vim.lsp.start_client()`.
function M.setup(options)
  options = options or {}
  -- Lenses that show something show it here: not every version opens what a server asks it to open.
  vim.lsp.commands["pfnspec.trace"] = function(command)
    M.trace(command.arguments[1])
  end
  vim.lsp.commands["pfnspec.simulate"] = function(command)
    M.simulate(command.arguments[1])
  end
  vim.lsp.commands["pfnspec.cost"] = function(command)
    M.cost(command.arguments[1])
  end
  local group = vim.api.nvim_create_augroup("pfnspec", {})
  vim.api.nvim_create_autocmd("FileType", {
    group = group,
    pattern = "pfn",
    callback = function(event)
      attach(event.buf, options)
    end,
  })
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.bo[buffer].filetype == "pfn" then
      attach(buffer, options)
    end
  end
end

return M
