-- For Neovim 0.11 and later: vim.lsp.enable("pfnspec")
return {
  cmd = { vim.g.pfnspec_command or "pfnspec", "lsp" },
  filetypes = { "pfn" },
  on_attach = function(client, buffer)
    require("pfnspec").lenses(client, buffer)
  end,
  root_markers = { ".git", "pyproject.toml", "pfnspec.toml" },
}
