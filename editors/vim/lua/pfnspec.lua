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

local function attach(buffer, options)
  local config = vim.tbl_deep_extend("force", {
    name = "pfnspec",
    cmd = { vim.g.pfnspec_command or "pfnspec", "lsp" },
    root_dir = root_of(vim.api.nvim_buf_get_name(buffer)),
  }, options)
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

-- Every *.pfn buffer gets the server; `options` are those of `:help vim.lsp.start_client()`.
function M.setup(options)
  options = options or {}
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
