using Simulation;

return Command.Run(args);
