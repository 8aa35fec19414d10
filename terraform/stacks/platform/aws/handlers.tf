# Handlers of your own: a file each in terraform/handlers, written by `isthmus new handler`. A handler is one more consumer on each cloud. It
# gets the frames of its type that its own cloud held first, so that a frame is handled on one of the clouds, whichever took it in.
locals {
  handlers = {
    for file in fileset("${path.root}/../../../handlers", "*.yaml") : trimsuffix(file, ".yaml") => merge(
      { max_attempts = 20, max_age_seconds = 300, timeout_seconds = 30 },
      yamldecode(file("${path.root}/../../../handlers/${file}")),
    )
  }

  handler_functions = {
    for name, handler in local.handlers : name => {
      description           = "Handles ${handler.type}."
      environment_variables = { ISTHMUS_DLQ = module.messaging.dead_letters[name].url }
      settings              = local.settings.archive
    }
  }

  handler_consumers = {
    for name, handler in local.handlers : name => {
      max_attempts    = handler.max_attempts
      origin          = "aws"
      timeout_seconds = handler.timeout_seconds
      type            = handler.type
    }
  }
}
