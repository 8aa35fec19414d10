# The rules that come with tflint. Rules about providers are the policies' and the rehearsal's.
config {
  call_module_type = "local"
}

plugin "terraform" {
  enabled = true
  preset  = "all"
}

# Files are named by what is in them, as well as main, variables and outputs.
rule "terraform_standard_module_structure" {
  enabled = false
}
